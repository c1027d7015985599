//! Markdown, rendered when it is written and safe to show.

use std::sync::LazyLock;

use ammonia::Builder;
use pulldown_cmark::{Options, Parser, html};

static SAFE: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut safe = Builder::empty();
    safe.add_tags([
        "p",
        "br",
        "strong",
        "em",
        "del",
        "a",
        "ul",
        "ol",
        "li",
        "blockquote",
        "code",
        "pre",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
    ])
    .add_tag_attributes("a", ["href"])
    .url_schemes(["http", "https", "mailto", "tel"].into())
    .link_rel(Some("noopener noreferrer nofollow"));
    safe
});

/// HTML of an entry. A single line break stays one: people write letters, not source text.
pub fn render(text: &str) -> String {
    let options = Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TABLES;
    let parser = Parser::new_ext(text, options).map(|event| match event {
        pulldown_cmark::Event::SoftBreak => pulldown_cmark::Event::HardBreak,
        // The page has its own first and second headings.
        pulldown_cmark::Event::Start(pulldown_cmark::Tag::Heading { id, classes, attrs, .. }) => {
            pulldown_cmark::Event::Start(pulldown_cmark::Tag::Heading { level: pulldown_cmark::HeadingLevel::H3, id, classes, attrs })
        }
        pulldown_cmark::Event::End(pulldown_cmark::TagEnd::Heading(_)) => {
            pulldown_cmark::Event::End(pulldown_cmark::TagEnd::Heading(pulldown_cmark::HeadingLevel::H3))
        }
        other => other,
    });
    let mut out = String::new();
    html::push_html(&mut out, parser);
    SAFE.clean(&out).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sec_78_nothing_active_survives() {
        for bad in [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "[x](javascript:alert(1))",
            "<a href=\"data:text/html,x\">x</a>",
            "<svg/onload=alert(1)>",
            "<iframe src=//evil.example></iframe>",
            "<p style=\"position:fixed\">x</p>",
            "<form action=//evil.example><input></form>",
            "![x](https://evil.example/pixel.png)",
            "<a href=\" java\nscript:alert(1)\">x</a>",
        ] {
            let html = render(bad).to_lowercase();
            // What stands between `<` and `>` is markup; the rest is text and harmless.
            for tag in html.split('<').skip(1).filter_map(|rest| rest.split('>').next()) {
                let name = tag.trim_start_matches('/').split(' ').next().unwrap_or_default();
                assert!(["p", "a", "br", "em", "strong", "h3"].contains(&name), "{bad} became {html}");
                for mark in [" on", "javascript:", "data:", "style="] {
                    assert!(!tag.contains(mark), "{bad} became {html}");
                }
            }
        }
    }

    #[test]
    fn plain_writing_keeps_its_lines() {
        assert_eq!(render("Dear Ms M,\nthank you."), "<p>Dear Ms M,<br>\nthank you.</p>\n");
        assert!(render("# Big").contains("<h3>Big</h3>"));
    }
}
