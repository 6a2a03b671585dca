//! Descriptions, as pages show them.

use std::collections::BTreeMap;

use crate::pages::checkout::markdown;

/// A description; it may have code, lists and several paragraphs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Prose {
    html: String,
}

impl Prose {
    /// Of Markdown.
    pub fn of(text: &str) -> Self {
        let html = markdown::render(text).map(|html| html.as_str().trim().to_owned());
        Self {
            html: html.unwrap_or_default(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.html.is_empty()
    }

    /// Markup that may stand in a page as it is.
    pub fn html(&self) -> &str {
        &self.html
    }
}

/// A description of a closed list of words: what it says of them all, and of each.
pub fn split_words(text: &str) -> (&str, BTreeMap<&str, &str>) {
    let Some((all, list)) = text.split_once("\n- `") else {
        return (text, BTreeMap::new());
    };
    let each = list.split("\n- `");
    (
        all.trim(),
        each.filter_map(|line| line.split_once("`: ")).collect(),
    )
}
