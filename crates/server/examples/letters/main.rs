//! Writes a letter of each kind as HTML, for pictures of them (scripts/letters).
//!
//!     letters FOLDER     a file for each letter: its name, and its language; prints the subjects

mod samples;

use std::{env, fs, path::PathBuf};

use till_server as server;
use till_server::{mail::html, pages::words::Locale};

use samples::Sample;

/// Languages of the pictures.
const LANGUAGES: [Locale; 3] = [Locale::En, Locale::De, Locale::Ja];

fn main() {
    let folder = PathBuf::from(env::args_os().nth(1).expect("a folder"));
    fs::create_dir_all(&folder).expect("a folder that can be written");
    let write = |letter: &Sample, locale: Locale| {
        let name = format!("{}.{}.html", letter.name, locale.tag());
        println!("{name}: {}", letter.subject);
        let html = html(&letter.content).expect("a letter");
        fs::write(folder.join(name), html).expect("a file that can be written");
    };
    for locale in LANGUAGES {
        for letter in samples::to_customers(locale) {
            write(&letter, locale);
        }
    }
    for letter in samples::to_team() {
        write(&letter, Locale::En);
    }
}
