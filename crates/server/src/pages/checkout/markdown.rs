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

/// Bytes of a description that are rendered; what comes after them is left out.
const SOURCE: usize = 64 * 1024;
/// Bytes of text and markup that are rendered, about; then what is open is closed. Some bytes of a table make many cells.
const RENDERED: usize = 256 * 1024;
/// The deepest nesting of quotes, lists and emphasis; what is deeper is plain text.
const DEPTH: usize = 32;

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
    let markdown = &markdown[..markdown.floor_char_boundary(SOURCE)];
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let (mut bounds, mut links) = (Bounds::default(), Vec::new());
    let events = Parser::new_ext(markdown, options)
        .filter(|event| bounds.admit(event))
        .filter_map(|event| made_safe(event, &mut links));
    let mut out = String::with_capacity(markdown.len() * 3 / 2);
    html::push_html(&mut out, events);
    Some(SafeHtml(out))
}

/// Renders a line of words that stands inside something else, such as a label: emphasis, code and links of its
/// Markdown, one paragraph after the other.
#[must_use]
pub fn render_line(markdown: &str) -> SafeHtml {
    let markdown = &markdown[..markdown.floor_char_boundary(SOURCE)];
    let (mut bounds, mut links) = (Bounds::default(), Vec::new());
    let events = Parser::new_ext(markdown, Options::ENABLE_STRIKETHROUGH)
        .filter(|event| bounds.admit(event))
        .filter_map(|event| made_safe(event, &mut links))
        .filter_map(made_inline);
    let mut out = String::with_capacity(markdown.len() * 3 / 2);
    html::push_html(&mut out, events);
    SafeHtml(out.trim().to_owned())
}

/// The words of a line of Markdown alone.
#[must_use]
pub fn words(markdown: &str) -> String {
    let markdown = &markdown[..markdown.floor_char_boundary(SOURCE)];
    let mut words = String::with_capacity(markdown.len());
    for event in Parser::new(markdown) {
        match event {
            Event::Text(text) | Event::Code(text) | Event::Html(text) | Event::InlineHtml(text) => {
                words.push_str(&text);
            }
            Event::SoftBreak | Event::HardBreak | Event::End(TagEnd::Paragraph) => words.push(' '),
            _ => {}
        }
    }
    words.trim().to_owned()
}

/// Content of a line: blocks leave their words.
fn made_inline(event: Event<'_>) -> Option<Event<'_>> {
    let space = || Some(Event::Text(CowStr::Borrowed(" ")));
    match event {
        Event::Start(Tag::Emphasis | Tag::Strong | Tag::Strikethrough)
        | Event::End(TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough) => Some(event),
        Event::Start(_) | Event::Rule => None,
        Event::End(_) | Event::SoftBreak | Event::HardBreak => space(),
        other => Some(other),
    }
}

/// The bounds of what may still be rendered. What has begun is always ended, so that the markup stays whole.
#[derive(Debug, Default)]
struct Bounds {
    /// For everything that is open, whether it was let begin.
    open: Vec<bool>,
    depth: usize,
    rendered: usize,
}

impl Bounds {
    fn admit(&mut self, event: &Event<'_>) -> bool {
        let cost = match event {
            Event::Start(_) => {
                let is_in = self.rendered < RENDERED && self.depth < DEPTH;
                self.open.push(is_in);
                self.depth += usize::from(is_in);
                self.rendered += 16;
                return is_in;
            }
            Event::End(_) => {
                let is_in = self.open.pop().unwrap_or(false);
                self.depth -= usize::from(is_in);
                return is_in;
            }
            Event::Text(text) | Event::Code(text) | Event::Html(text) | Event::InlineHtml(text) => {
                text.len()
            }
            _ => 8,
        };
        self.rendered += cost;
        self.rendered < RENDERED
    }
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
    fn a_line_keeps_its_links_and_no_blocks() {
        let line = |markdown| render_line(markdown).0;
        assert_eq!(
            line("I accept the [terms](https://shop.example/terms) and **pay**"),
            "I accept the <a href=\"https://shop.example/terms\" rel=\"nofollow noopener\" target=\"_blank\">terms</a> and <strong>pay</strong>"
        );
        assert_eq!(line("# Big\n\n- one\n- two"), "Big one two");
        assert_eq!(line("1. What is your name?"), "What is your name?");
        assert_eq!(
            line("<b>x</b> [a](javascript:alert(1))"),
            "&lt;b&gt;x&lt;/b&gt; a"
        );
        assert_eq!(line(""), "");
        assert_eq!(
            words("I accept the [terms](https://x.example) & **pay**"),
            "I accept the terms & pay"
        );
        let hostile = line(&"[a](https://x) *b* ".repeat(200_000));
        assert!(hostile.len() < 3 * RENDERED + 64, "{}", hostile.len());
    }

    #[test]
    fn a_code_block_cannot_choose_a_class() {
        let out = html("```\"><script>\nx\n```");
        assert_eq!(out, "<pre><code>x\n</code></pre>\n");
    }

    #[test]
    fn what_is_rendered_has_a_bound_and_stays_whole() {
        let table = format!(
            "{}|\n{}|\n{}",
            "|a".repeat(8_000),
            "|-".repeat(8_000),
            "|\n".repeat(16_000)
        );
        let text = "x".repeat(1_000_000);
        for hostile in [
            ">".repeat(10_000_000),
            "> ".repeat(1_000_000),
            "- ".repeat(30_000),
            "*_".repeat(30_000),
            "[".repeat(60_000),
            "![a](".repeat(10_000),
            "`".repeat(60_000),
            table,
            text,
        ] {
            let out = html(&hostile);
            assert!(
                out.len() < 3 * RENDERED,
                "{} gave {} bytes",
                &hostile[..10],
                out.len()
            );
            for tag in ["blockquote", "ul", "li", "em", "table", "tr", "td"] {
                let (open, close) = (format!("<{tag}>"), format!("</{tag}>"));
                assert_eq!(
                    out.matches(&open).count(),
                    out.matches(&close).count(),
                    "{tag}"
                );
            }
        }
        let nested = html(&format!("{} deep", ">".repeat(100)));
        assert_eq!(nested.matches("<blockquote>").count(), DEPTH);
        assert!(nested.contains("deep"));
    }
}
