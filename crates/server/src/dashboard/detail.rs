//! Detail pages: the facts of one thing, what belongs to it, and what happened to it.

use askama::Template;
use jiff::{Timestamp, tz::TimeZone};

use super::{
    layout::Layout,
    listing::Listing,
    parts::{Cell, Menu},
};
use crate::{http::idempotency, pages::Page};

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

/// Times at which a thing was made and last changed.
pub fn moments(created: Timestamp, modified: Option<Timestamp>, zone: &TimeZone) -> [Fact; 2] {
    [
        Fact::new("Created", Cell::time(created, zone)),
        Fact::new("Last changed", Cell::time_or_nothing(modified, zone)),
    ]
}

/// One line of what happened, once or several times.
#[derive(Debug, Clone)]
pub struct Step {
    /// Time; of several, the last.
    pub at: Cell,
    /// The number of times and the first of them, where it happened more than once.
    pub repeats: Option<(usize, Cell)>,
    /// The event, in one line.
    pub what: Cell,
    /// Its outcome.
    pub state: Cell,
}

/// One part of a detail page.
#[derive(Debug, Clone, Template)]
#[template(path = "dashboard/part.html")]
pub enum Part {
    /// Facts, in order, below a heading.
    Facts(&'static str, Vec<Fact>),
    /// A list of what belongs to it, below a heading.
    List(&'static str, Box<Listing>),
    /// A timeline, newest first, below a heading.
    Timeline(&'static str, Vec<Step>),
    /// A list of words that is folded away below a heading: heading, how much there is, and the words.
    Folded(&'static str, String, Vec<String>),
    /// A block of safe HTML that was rendered by a template, below a heading.
    Html(&'static str, String),
}

impl Part {
    /// A list of what belongs to it, below a heading.
    pub fn list(title: &'static str, list: Listing) -> Self {
        Self::List(title, Box::new(list))
    }
}

/// A button or a link beside the heading.
#[derive(Debug, Clone)]
pub enum Action {
    /// Goes to a page.
    Go(&'static str, String),
    /// A POST.
    Do(&'static str, String),
    /// A POST that makes something, once: words, where it goes, and its key.
    Make(&'static str, String, String),
}

/// The page of one thing.
#[derive(Debug, Template)]
#[template(path = "dashboard/detail.html")]
pub struct DetailPage {
    /// Around it.
    pub layout: Layout,
    /// Its state, beside the heading.
    pub state: Cell,
    /// The main things to do.
    pub actions: Vec<Action>,
    /// All else that can be done.
    pub menu: Option<Menu>,
    /// The parts, from top to bottom.
    pub parts: Vec<Part>,
}

impl Page for DetailPage {
    fn picture(&self) -> Option<&str> {
        self.layout.logo()
    }
}
