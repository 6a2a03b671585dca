//! An address to hand to buyers: to be copied, scanned and opened.

use askama::Template;

use super::{detail::Part, parts::Cell, qr};
use crate::error::{ApiError, Result};

#[derive(Debug, Template)]
#[template(path = "dashboard/pay_link.html")]
struct PayLink<'a> {
    url: &'a str,
    open: &'a str,
    code: Cell,
    qr: Option<String>,
}

/// The address as a part of a page; `open` is what the button says that leads there.
pub fn part(title: &'static str, url: &str, open: &str) -> Result<Part> {
    let link = PayLink {
        url,
        open,
        code: Cell::Code(url.to_owned()),
        qr: qr::svg(url),
    };
    let html = link.render().map_err(ApiError::internal)?;
    Ok(Part::Html(title, html))
}
