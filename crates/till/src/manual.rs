//! Texts from the declarations of commands and settings, for those who install Till: the settings file of a service,
//! the completions of shells and the manual pages.

use std::path::Path;

use clap::{Arg, Command, CommandFactory};
use clap_complete::Shell;

use crate::{
    config::{Cli, secrets},
    stop::{Stop, say},
};

/// Columns of the settings file's explanations.
const WIDTH: usize = 96;

/// Prints the settings file: every setting of `till serve` as a variable, commented out, with its help.
pub fn settings_file() -> Result<(), Stop> {
    // Built, so that it has the settings that all commands share.
    let mut command = Cli::command();
    command.build();
    let serve = command
        .find_subcommand("serve")
        .ok_or_else(|| Stop::failed("there is no command `serve`."))?;
    say(file_of(serve));
    Ok(())
}

fn file_of(command: &Command) -> String {
    let mut text = "# Settings of Till, one per line: NAME=value, without spaces around the equals sign. Lines that\n\
                    # begin with # are not set. The same names work as environment variables for every till command."
        .to_owned();
    for arg in command.get_arguments() {
        let Some(name) = arg.get_env() else { continue };
        // Addresses for tests; secrets are hidden from the help alone, because they are no flags.
        if arg.is_hide_set() && !secrets().any(|secret| secret == arg.get_id().as_str()) {
            continue;
        }
        text += "\n\n";
        for line in wrapped(&explanation(arg)) {
            text += &format!("# {line}\n");
        }
        text += &format!("#{}={}", name.to_string_lossy(), default_value(arg));
    }
    text
}

/// The help, and the values where there are few.
fn explanation(arg: &Arg) -> String {
    let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
    let values: Vec<_> = arg
        .get_possible_values()
        .iter()
        .filter(|_| arg.get_action().takes_values())
        .map(|value| value.get_name().to_owned())
        .collect();
    match values.is_empty() {
        true => help,
        false => format!("{help}; one of: {}", values.join(", ")),
    }
}

fn default_value(arg: &Arg) -> String {
    let values = arg.get_default_values().iter();
    let values: Vec<_> = values.map(|value| value.to_string_lossy()).collect();
    match arg.get_action().takes_values() {
        true => values.join(","),
        // A switch: what turns it on.
        false => "true".to_owned(),
    }
}

/// The text in lines.
fn wrapped(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Prints the completions of a shell.
pub fn completions(shell: Shell) -> Result<(), Stop> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "till", &mut text);
    say(String::from_utf8(text).map_err(Stop::failed)?.trim_end());
    Ok(())
}

/// Writes the manual pages: `till.1`, `till-serve.1` and so on.
pub fn pages(folder: &Path) -> Result<(), Stop> {
    clap_mangen::generate_to(Cli::command(), folder).map_err(|error| {
        Stop::failed(format!(
            "the manual pages cannot be written to {}: {error}",
            folder.display()
        ))
    })
}
