//! Texts of a message's head, as types: none of them can hold a line's end, so none can add a line to the head.

use std::{fmt, ops::Deref};

/// The most bytes of an address (RFC 5321).
const LONGEST_ADDRESS: usize = 254;
/// The most bytes before its `@`.
const LONGEST_LOCAL_PART: usize = 64;
/// The most characters of a line.
const LONGEST_LINE: usize = 200;

/// A text that is no e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not an e-mail address")]
pub struct NotAnAddress;

/// An e-mail address: one `@`, nothing around it that a head of a message or SMTP could read as anything else.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Address(String);

impl Address {
    /// An address as people write it, without a name.
    ///
    /// # Errors
    /// [`NotAnAddress`] for everything else.
    pub fn parse(text: &str) -> Result<Self, NotAnAddress> {
        let (local, domain) = text.rsplit_once('@').ok_or(NotAnAddress)?;
        let is_plain =
            |c: char| !c.is_control() && !c.is_whitespace() && !"<>()[]\\,;:\"@".contains(c);
        let fits = text.len() <= LONGEST_ADDRESS && local.len() <= LONGEST_LOCAL_PART;
        let is_address = fits
            && !local.is_empty()
            && local.chars().all(is_plain)
            && domain.chars().all(is_plain)
            && url::Host::parse(domain).is_ok();
        is_address
            .then(|| Self(text.to_owned()))
            .ok_or(NotAnAddress)
    }

    /// The address with its domain as the network writes it.
    pub(super) fn for_network(&self) -> String {
        match self.0.rsplit_once('@') {
            Some((local, domain)) => match url::Host::parse(domain) {
                Ok(host) => format!("{local}@{host}"),
                Err(_) => self.0.clone(),
            },
            None => self.0.clone(),
        }
    }
}

/// A line of text: whatever would end it is a space, and it is cut off after 200 characters.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Line(String);

impl Line {
    /// The text on one line.
    pub fn new(text: &str) -> Self {
        let ends = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
        let line: String = text
            .chars()
            .map(|c| if ends(c) { ' ' } else { c })
            .take(LONGEST_LINE)
            .collect();
        Self(line.trim().to_owned())
    }
}

/// The name of a message, as `<name@host>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageId(String);

impl MessageId {
    /// The name at a host: what is not a letter, a digit, a dot or a hyphen of either is left out.
    pub fn new(name: &str, host: &str) -> Self {
        let plain = |text: &str| -> String {
            let is_plain = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
            text.chars().filter(is_plain).take(100).collect()
        };
        let host = Some(plain(host)).filter(|host| !host.is_empty());
        let host = host.as_deref().unwrap_or("till.invalid");
        Self(format!("<{}@{host}>", plain(name)))
    }
}

macro_rules! text {
    ($($name:ident),+) => {$(
        impl Deref for $name {
            type Target = str;

            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.0 == *other
            }
        }
    )+};
}
text!(Address, Line, MessageId);
