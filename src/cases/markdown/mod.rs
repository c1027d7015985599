//! What people write, as it is shown: Markdown, made safe.
//!
//! Most who write a note do not know that there is Markdown, and none may find a word of theirs missing. So this holds:
//! **what was typed is shown, but for marks whose effect can be seen** (stars of bold text, the bullet of a list). What
//! only looks like a mark is text. That takes three steps:
//!
//! - [`prepare`] hides the characters that are no marks from the parser: tags, entities, backslashes, the line under a
//!   name, a year that begins a line. It also ends quotations and lists where their lines end.
//! - [`events`] puts them back, and shows what HTML has no place for: addresses of images, links that are not followed.
//! - What still misses a word, or is nested so deep that it would take long, is shown as plain text.

mod events;
mod prepare;
#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use ammonia::Builder;

/// The second wall: whatever the parser makes of a text, nothing else reaches a page.
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
    .add_tag_attributes("ol", ["start"])
    .add_tag_attributes("li", ["value"])
    .url_schemes(["http", "https", "mailto", "tel"].into())
    .link_rel(Some("noopener noreferrer nofollow"));
    safe
});

/// Longer texts take milliseconds, which other requests would wait.
const LONG: usize = 4_000;

/// HTML of a text, made where nobody waits for it. Called before a transaction begins.
pub async fn rendered(text: &str) -> String {
    if text.len() < LONG {
        return render(text);
    }
    let own = text.to_owned();
    tokio::task::spawn_blocking(move || render(&own)).await.unwrap_or_else(|_| plain(text))
}

/// HTML of a text.
pub fn render(text: &str) -> String {
    let marked = prepare::prepared(text).and_then(|prepared| events::html(text, &prepared));
    marked.map_or_else(|| plain(text), |html| prepare::escaped(&SAFE.clean(&html).to_string()))
}

/// A text without any marks: paragraphs and lines.
fn plain(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + text.len() / 8 + 16);
    let mut inside = false;
    for line in text.lines() {
        if line.trim().is_empty() {
            html.push_str(if inside { "</p>\n" } else { "" });
            inside = false;
            continue;
        }
        html.push_str(if inside { "<br>\n" } else { "<p>" });
        inside = true;
        for c in line.chars() {
            match c {
                '&' => html.push_str("&amp;"),
                '<' => html.push_str("&lt;"),
                '>' => html.push_str("&gt;"),
                _ => html.push(c),
            }
        }
    }
    html.push_str(if inside { "</p>\n" } else { "" });
    html
}
