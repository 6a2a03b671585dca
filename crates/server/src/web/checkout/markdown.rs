//! Merchants' Markdown as HTML that is safe to put in a page.

use pulldown_cmark::{CowStr, Event, LinkType, Options, Parser, Tag, TagEnd, html};

/// HTML that may stand in a page unescaped. Only this module makes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SafeHtml(String);

impl SafeHtml {
    /// The markup.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Renders CommonMark (with tables and strikethrough). Raw HTML is shown as the text it is, images
/// become their alternative text, links go to `http`, `https` and `mailto` only, in a new tab, and
/// headings move down two levels to stand below the page's own.
///
/// `None` for a blank description.
#[must_use]
pub fn render(markdown: &str) -> Option<SafeHtml> {
    if markdown.trim().is_empty() {
        return None;
    }
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let mut links = Vec::new();
    let events =
        Parser::new_ext(markdown, options).filter_map(|event| made_safe(event, &mut links));
    let mut out = String::with_capacity(markdown.len() * 3 / 2);
    html::push_html(&mut out, events);
    Some(SafeHtml(out))
}

/// `links` remembers for every open link whether it was let through.
fn made_safe<'a>(event: Event<'a>, links: &mut Vec<bool>) -> Option<Event<'a>> {
    match event {
        Event::Html(raw) | Event::InlineHtml(raw) => Some(Event::Text(raw)),
        Event::Start(Tag::Image { .. } | Tag::HtmlBlock)
        | Event::End(TagEnd::Image | TagEnd::HtmlBlock) => None,
        Event::Start(Tag::Link {
            link_type,
            dest_url,
            ..
        }) => {
            let href = match link_type {
                LinkType::Email => format!("mailto:{dest_url}"),
                _ => dest_url.to_string(),
            };
            let safe = may_be_linked(&href);
            links.push(safe);
            safe.then(|| Event::InlineHtml(anchor(&href)))
        }
        Event::End(TagEnd::Link) => match links.pop() {
            Some(true) => Some(Event::InlineHtml(CowStr::Borrowed("</a>"))),
            _ => None,
        },
        Event::Start(Tag::Heading { level, .. }) => Some(Event::Start(Tag::Heading {
            level: lowered(level),
            id: None,
            classes: Vec::new(),
            attrs: Vec::new(),
        })),
        Event::End(TagEnd::Heading(level)) => Some(Event::End(TagEnd::Heading(lowered(level)))),
        // The language of a code block would become a class of the merchant's choosing.
        Event::Start(Tag::CodeBlock(_)) => Some(Event::Start(Tag::CodeBlock(
            pulldown_cmark::CodeBlockKind::Indented,
        ))),
        other => Some(other),
    }
}

fn lowered(level: pulldown_cmark::HeadingLevel) -> pulldown_cmark::HeadingLevel {
    use pulldown_cmark::HeadingLevel::{H3, H4, H5, H6};
    [H3, H4, H5, H6][(level as usize - 1).min(3)]
}

fn may_be_linked(href: &str) -> bool {
    ["https://", "http://", "mailto:"].iter().any(|scheme| {
        href.get(..scheme.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    })
}

fn anchor(href: &str) -> CowStr<'static> {
    let mut escaped = String::with_capacity(href.len());
    for c in href.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            c if c.is_control() => {}
            c => escaped.push(c),
        }
    }
    format!(r#"<a href="{escaped}" rel="nofollow noopener" target="_blank">"#).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(markdown: &str) -> String {
        render(markdown).expect("not blank").0
    }

    #[test]
    fn plain_markdown_becomes_markup() {
        assert_eq!(
            html("**Bold** and `code`\n\n- one\n- two"),
            "<p><strong>Bold</strong> and <code>code</code></p>\n<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n"
        );
        assert_eq!(html("# Big"), "<h3>Big</h3>\n");
        assert_eq!(html("##### Small"), "<h6>Small</h6>\n");
        assert_eq!(render(" \n "), None);
    }

    #[test]
    fn raw_html_is_shown_as_text() {
        for attack in [
            "<script>alert(1)</script>",
            "a <img src=x onerror=alert(1)> b",
            "<div onclick=\"x()\">\n\nhi\n\n</div>",
            "<!-- --><svg/onload=alert(1)>",
            "<style>*{display:none}</style>",
        ] {
            let out = html(attack);
            for tag in ["<script", "<img", "<div", "<svg", "<style", "<!--"] {
                assert!(!out.contains(tag), "{attack} gave {out}");
            }
            assert!(out.contains("&lt;"), "{out}");
        }
    }

    #[test]
    fn only_web_and_mail_links_are_links() {
        assert_eq!(
            html("[a](https://example.com/?x=1&y=2)"),
            "<p><a href=\"https://example.com/?x=1&amp;y=2\" rel=\"nofollow noopener\" target=\"_blank\">a</a></p>\n"
        );
        assert!(html("<me@example.com>").contains("href=\"mailto:me@example.com\""));
        assert!(html("<https://example.com>").contains("href=\"https://example.com\""));
        for attack in [
            "[a](javascript:alert(1))",
            "[a](JaVaScRiPt:alert(1))",
            "[a](java&#x0A;script:alert(1))",
            "[a](&#106;avascript:alert(1))",
            "[a](data:text/html,<script>1</script>)",
            "[a](vbscript:x)",
            "[a](//evil.example)",
            "[a](/checkout)",
            "[a][r]\n\n[r]: javascript:alert(1)",
            "<javascript:alert(1)>",
        ] {
            let out = html(attack);
            assert!(!out.contains("<a"), "{attack} gave {out}");
        }
    }

    #[test]
    fn a_link_cannot_break_out_of_its_attribute() {
        for attack in [
            "[a](<https://x/\" onmouseover=\"alert(1)>)",
            "[a](https://x/&quot;onmouseover=alert(1)&quot;)",
            "[a](https://x 'title\" onfocus=\"alert(1)')",
        ] {
            let out = html(attack);
            let opening = out.find("<a").map(|at| &out[at..]).unwrap_or_default();
            let opening = &opening[..opening.find('>').unwrap_or(0)];
            assert_eq!(opening.matches('"').count() % 6, 0, "{attack} gave {out}");
            assert!(!out.contains("\" on"), "{attack} gave {out}");
        }
    }

    #[test]
    fn images_are_dropped_to_their_words() {
        assert_eq!(
            html("![a cat](https://tracker.example/p.gif)"),
            "<p>a cat</p>\n"
        );
        assert_eq!(
            html("[![logo](https://t.example/p.gif)](https://example.com)"),
            "<p><a href=\"https://example.com\" rel=\"nofollow noopener\" target=\"_blank\">logo</a></p>\n"
        );
    }

    #[test]
    fn a_code_block_cannot_choose_a_class() {
        let out = html("```\"><script>\nx\n```");
        assert_eq!(out, "<pre><code>x\n</code></pre>\n");
    }
}
