//! A letter as HTML and as plain text, both made of the same words.

use askama::Template;
use till_core::kernel::records::Content;

use super::colors::Look;

/// Characters of a line of plain text at most, where no word is longer.
const LINE: usize = 76;

#[derive(Debug, Template)]
#[template(path = "mail/letter.html")]
struct LetterPage<'a> {
    content: &'a Content,
    look: Look,
}

impl LetterPage<'_> {
    /// Style of a fact's name or value: on one line up to a width, such as amounts, days and numbers. The wide characters
    /// of East Asia count for two.
    fn wraps(&self, text: &str, most: usize) -> &'static str {
        let width = |c: char| if c < '\u{1100}' { 1 } else { 2 };
        match text.chars().map(width).sum::<usize>() <= most {
            true => "white-space: nowrap;",
            false => "overflow-wrap: anywhere;",
        }
    }
}

/// The letter as HTML: tables and inline styles, as mail programs want them, and nothing from elsewhere but the logo.
///
/// # Errors
/// The template's, where it cannot be rendered.
pub fn html(content: &Content) -> Result<String, askama::Error> {
    let look = Look::of(content.color.as_deref());
    LetterPage { content, look }.render()
}

/// The letter as plain text.
pub fn text(content: &Content) -> String {
    let mut blocks = vec![wrapped(&content.heading)];
    blocks.extend(content.paragraphs.iter().map(|words| wrapped(words)));
    let facts: Vec<String> = content
        .facts
        .iter()
        .chain(&content.total)
        .map(|(name, value)| wrapped(&format!("{name}: {value}")))
        .collect();
    if !facts.is_empty() {
        blocks.push(facts.join("\n"));
    }
    if let Some((words, href)) = &content.button {
        blocks.push(format!("{words}:\n{href}"));
    }
    let notes: Vec<String> = content.notes.iter().map(|words| wrapped(words)).collect();
    if !notes.is_empty() {
        blocks.push(format!("-- \n{}\n{}", content.shop, notes.join("\n")));
    }
    let mut text = blocks.join("\n\n");
    text.push('\n');
    text
}

/// Words on lines of at most [`LINE`] characters; what has no spaces stays whole.
fn wrapped(words: &str) -> String {
    let mut lines = String::new();
    let mut length = 0;
    for word in words.split_whitespace() {
        let size = word.chars().count();
        if length > 0 && length + 1 + size > LINE {
            lines.push('\n');
            length = 0;
        } else if length > 0 {
            lines.push(' ');
            length += 1;
        }
        lines.push_str(word);
        length += size;
    }
    lines
}
