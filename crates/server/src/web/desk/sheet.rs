//! Detail pages: the facts of one thing, what belongs to it, and what happened to it.

use askama::Template;

use super::{
    listing::Listing,
    parts::{Cell, Menu},
    shell::Shell,
};
use crate::web::Page;

/// One fact: its name and value.
#[derive(Debug, Clone)]
pub struct Fact {
    name: String,
    value: Cell,
}

impl Fact {
    /// A fact.
    pub fn new(name: impl Into<String>, value: Cell) -> Self {
        Self {
            name: name.into(),
            value,
        }
    }
}

/// One line of what happened.
#[derive(Debug, Clone)]
pub struct Step {
    /// When.
    pub at: Cell,
    /// What, in one line.
    pub what: Cell,
    /// How it ended.
    pub state: Cell,
}

/// One part of a detail page.
#[derive(Debug, Clone, Template)]
#[template(path = "desk/part.html")]
#[expect(clippy::large_enum_variant, reason = "a page has few parts")]
pub enum Part {
    /// Facts.
    Facts {
        /// Heading.
        title: &'static str,
        /// In order.
        facts: Vec<Fact>,
    },
    /// A list of what belongs to it.
    List {
        /// Heading.
        title: &'static str,
        /// The rows.
        list: Listing,
    },
    /// What happened, newest first.
    Timeline {
        /// Heading.
        title: &'static str,
        /// In order.
        steps: Vec<Step>,
    },
    /// A block of HTML that was rendered by a template.
    Html {
        /// Heading.
        title: &'static str,
        /// Safe HTML.
        html: String,
    },
}

/// A button or a link beside the heading.
#[derive(Debug, Clone)]
pub enum Action {
    /// Goes to a page.
    Go(&'static str, String),
    /// A POST.
    Do(&'static str, String),
}

/// The page of one thing.
#[derive(Debug, Template)]
#[template(path = "desk/sheet.html")]
pub struct SheetPage {
    /// Around it.
    pub shell: Shell,
    /// Its state, beside the heading.
    pub state: Cell,
    /// The main things to do.
    pub actions: Vec<Action>,
    /// All else that can be done.
    pub menu: Option<Menu>,
    /// The parts, from top to bottom.
    pub parts: Vec<Part>,
}

impl Page for SheetPage {
    fn picture(&self) -> Option<&str> {
        self.shell.logo()
    }
}
