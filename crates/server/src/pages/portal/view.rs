//! Views of the portal's pages, as plain values: a page is a title and blocks. All text is escaped; what is made of
//! other templates is not escaped twice.

use askama::Template;
use uuid::Uuid;

use crate::{
    http::idempotency,
    pages::{
        Page, assets,
        checkout::view::{Fact, Line, Link, Organization, PageContext},
    },
};

/// Frame of every page of the portal.
#[derive(Debug, Clone, Default)]
pub struct Shell {
    /// Language and theme.
    pub page_context: PageContext,
    /// The selling organization.
    pub organization: Organization,
    /// True where payments are simulated; shows a badge.
    pub test_mode: bool,
    /// Way back to where the customer came from.
    pub back: Option<Link>,
    /// The pages.
    pub nav: Vec<NavLink>,
    /// `Signed in as ada@example.com`.
    pub signed_in: String,
    /// The address to which the form is posted that signs out.
    pub sign_out_url: String,
}

impl Shell {
    pub(super) fn styles(&self) -> &'static str {
        assets::portal_styles_url()
    }
}

/// A page in the list of pages.
#[derive(Debug, Clone)]
pub struct NavLink {
    /// Its address.
    pub url: String,
    /// Its name.
    pub label: String,
    /// True where it is the one that is shown, or above it.
    pub is_here: bool,
}

/// A page of somebody who is signed in.
#[derive(Debug, Clone, Template)]
#[template(path = "portal/page.html")]
pub struct PortalPage {
    /// Around it.
    pub shell: Shell,
    /// The heading.
    pub title: String,
    /// The page above it.
    pub up: Option<Link>,
    /// Message about what was done.
    pub said: Option<String>,
    /// Problem of the page, and what to do about it.
    pub error: Option<String>,
    /// The content.
    pub blocks: Vec<Block>,
}

impl Page for PortalPage {
    fn picture(&self) -> Option<&str> {
        self.shell.organization.picture()
    }
}

/// A page of somebody who is not signed in yet.
#[derive(Debug, Clone, Template)]
#[template(path = "portal/entry.html")]
pub struct EntryPage {
    /// Around it.
    pub shell: Shell,
    /// The heading.
    pub title: String,
    /// Instructions.
    pub body: Option<String>,
    /// A remark.
    pub note: Option<String>,
    /// Problem of the page.
    pub error: Option<String>,
    /// The form.
    pub form: Option<Form>,
    /// Smaller forms below.
    pub others: Vec<Form>,
    /// Another way.
    pub link: Option<Link>,
}

impl Page for EntryPage {
    fn picture(&self) -> Option<&str> {
        self.shell.organization.picture()
    }
}

/// A part of a page.
#[derive(Debug, Clone, Template)]
#[template(path = "portal/block.html")]
pub enum Block {
    /// A sentence or two.
    Text(String),
    /// A remark that stands out.
    Notice(String),
    /// Ways on.
    Links(Vec<Link>),
    /// The one thing to do.
    Pay(Link),
    /// Names and values, below a heading.
    Facts(Option<String>, Vec<Fact>),
    /// Amounts and their sum, below a heading.
    Sums(Option<String>, Vec<Line>, Line),
    /// Things.
    List(List),
    /// A form.
    Form(Form),
}

/// A list of things.
#[derive(Debug, Clone, Default)]
pub struct List {
    /// The heading.
    pub title: Option<String>,
    /// Its rows.
    pub rows: Vec<Row>,
    /// Words in place of rows where there are none.
    pub empty: String,
    /// The way to more of them.
    pub more: Option<Link>,
}

/// A thing in a list.
#[derive(Debug, Clone, Default)]
pub struct Row {
    /// Its page.
    pub url: Option<String>,
    /// Its name.
    pub title: String,
    /// Its state.
    pub badge: Option<Badge>,
    /// A softer line below.
    pub note: Option<String>,
    /// An amount.
    pub aside: Option<String>,
    /// Actions on it.
    pub forms: Vec<Form>,
}

/// A state in a word.
#[derive(Debug, Clone)]
pub struct Badge {
    /// The word.
    pub words: String,
    /// Good, bad or neither.
    pub tone: Tone,
}

/// Meaning of a state for the customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// All is well.
    Good,
    /// Something is to be done.
    Bad,
    /// Neither.
    Plain,
}

impl Tone {
    fn class(self) -> &'static str {
        match self {
            Tone::Good => "is-good",
            Tone::Bad => "is-bad",
            Tone::Plain => "is-plain",
        }
    }
}

/// Look of a form's button.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Look {
    /// The thing to do.
    #[default]
    Main,
    /// One of several.
    Quiet,
    /// Something that cannot be undone.
    Danger,
    /// As a link.
    Link,
}

impl Look {
    fn class(self) -> &'static str {
        match self {
            Look::Main => "pay",
            Look::Quiet => "quiet",
            Look::Danger => "pay portal-danger",
            Look::Link => "link",
        }
    }
}

/// A form: posted where it has a key, which makes of the same form sent twice one effect; else it asks for a page.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "portal/form.html")]
pub struct Form {
    /// Language of its words.
    pub page_context: PageContext,
    /// The heading.
    pub title: Option<String>,
    /// Effect of sending it.
    pub note: Option<String>,
    /// Address that it is sent to.
    pub action: String,
    /// Its key.
    pub key: Option<Uuid>,
    /// Carried along unseen: names and values.
    pub hidden: Vec<(&'static str, String)>,
    /// Fields to fill in.
    pub fields: Vec<FormField>,
    /// The words of the button.
    pub submit: String,
    /// The button's name where its words alone do not tell it from others.
    pub aria: Option<String>,
    /// Look of the button.
    pub look: Look,
    /// The way back.
    pub cancel: Option<Link>,
}

/// A field of a form.
#[derive(Debug, Clone)]
pub struct FormField {
    /// Its name, also its element's id.
    pub name: &'static str,
    /// Its label.
    pub label: String,
    /// Kind of input.
    pub kind: FieldKind,
    /// As it is, or as typed.
    pub value: String,
    /// True where its label says that it may stay empty.
    pub is_optional: bool,
    /// True where it has to be filled in.
    pub is_required: bool,
    /// The browser's word for what it holds.
    pub autocomplete: &'static str,
    /// The keyboard.
    pub inputmode: Option<&'static str>,
    /// Words below.
    pub hint: Option<String>,
    /// Problem with its value.
    pub error: Option<String>,
    /// A button that shows the form again as the field says.
    pub button: Option<String>,
    /// True where it gets the focus.
    pub has_focus: bool,
}

/// Kind of a field's input.
#[derive(Debug, Clone)]
pub enum FieldKind {
    /// One line: the type of the input, and the most characters.
    Line(&'static str, u16),
    /// Several lines, of at most so many characters.
    Lines(u16),
    /// One of these: values and words.
    Choice(Vec<(String, String)>),
    /// One of these, each on a card of its own.
    Options(Vec<Choice>),
}

/// One of several to choose from.
#[derive(Debug, Clone)]
pub struct Choice {
    /// Sent where it is chosen.
    pub value: String,
    /// Its name.
    pub title: String,
    /// A softer line below.
    pub note: Option<String>,
    /// Its price.
    pub price: Option<String>,
    /// `per month`.
    pub every: Option<String>,
}

impl FormField {
    /// A line of text, which has to be filled in.
    pub fn new(name: &'static str, label: impl Into<String>, kind: FieldKind) -> Self {
        Self {
            name,
            label: label.into(),
            kind,
            value: String::new(),
            is_optional: false,
            is_required: true,
            autocomplete: "off",
            inputmode: None,
            hint: None,
            error: None,
            button: None,
            has_focus: false,
        }
    }

    /// The same, holding this value.
    #[must_use]
    pub fn holding(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        self
    }

    /// The same with this problem.
    #[must_use]
    pub fn wrong(mut self, error: Option<String>) -> Self {
        self.error = error;
        self
    }

    /// Attributes that tell of hint and error; names are ours.
    fn attributes(&self) -> String {
        let mut text = String::new();
        let hint = self.hint.as_ref().map(|_| format!("{}-hint", self.name));
        let error = self.error.as_ref().map(|_| format!("{}-error", self.name));
        let ids: Vec<String> = hint.into_iter().chain(error).collect();
        if self.is_required {
            text.push_str(" aria-required=\"true\"");
        }
        if !ids.is_empty() {
            text.push_str(&format!(" aria-describedby=\"{}\"", ids.join(" ")));
        }
        if self.error.is_some() {
            text.push_str(" aria-invalid=\"true\"");
        }
        if self.has_focus || self.error.is_some() {
            text.push_str(" autofocus");
        }
        text
    }
}
