//! The page to which a version is pinned: a document that needs nothing but a style sheet, made once, when it is
//! published. Its bytes are what the hash is of.

use super::{
    model::{Clause, Document, Piece, Section, pieces},
    store::Version,
};
use crate::server::{
    http::escape,
    time::{Zone, iso},
};

/// The document of a version.
pub(super) fn page(version: &Version, document: &Document, operator: &str) -> String {
    let zone = Zone::utc();
    let (published, effective) = (zone.show(version.published_at), zone.show(version.effective_at));
    let about = about(version, operator);
    let contents: String = document.sections.iter().filter(|s| !s.title.is_empty()).map(entry).collect();
    let sections: String = document.sections.iter().map(section).collect();
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>Privacy policy of {operator}, version {number}</title>\n\
         <link rel=\"stylesheet\" href=\"/privacy/document.css\">\n<link rel=\"up\" href=\"/privacy/versions\">\n\
         <script type=\"application/ld+json\">{about}</script>\n</head>\n<body>\n\
         <p class=\"skip\"><a href=\"#policy\">Skip to the policy</a></p>\n<header>\n\
         <h1>Privacy policy</h1>\n<p>Of {operator}. Version {number}, last updated \
         <time datetime=\"{published_iso}\">{published_day}</time>, in force from <time datetime=\"{effective_iso}\">{effective_day}</time>.</p>\n\
         <p>{changes}</p>\n</header>\n<nav aria-label=\"Sections\">\n<ol>\n{contents}</ol>\n</nav>\n<main id=\"policy\">\n{sections}</main>\n\
         <footer>\n<p>This page never changes: the last part of its address is the SHA-256 of its bytes. It is not always the version in force. \
         <a href=\"/privacy\">The policy in force</a> \u{b7} <a href=\"/privacy/versions\">All versions</a> \u{b7} \
         <a href=\"/privacy/choices\">Your privacy choices</a></p>\n</footer>\n</body>\n</html>\n",
        operator = escape(operator),
        number = version.number,
        published_iso = published.iso,
        published_day = published.day,
        effective_iso = effective.iso,
        effective_day = effective.day,
        changes = escape(&version.changes),
    )
}

/// What search engines and archives read: JSON-LD.
pub(super) fn about(version: &Version, operator: &str) -> String {
    let about = serde_json::json!({
        "@context": "https://schema.org",
        "@type": "DigitalDocument",
        "name": "Privacy policy",
        "inLanguage": "en",
        "version": version.number.to_string(),
        "dateModified": iso(version.published_at),
        "publisher": { "@type": "Organization", "name": operator },
    });
    // Within a script element a name must not look like its end.
    about.to_string().replace('<', "\\u003c")
}

fn entry(section: &Section) -> String {
    format!("<li><a href=\"#s-{}\">{}</a></li>\n", section.number, escape(&section.title))
}

fn section(section: &Section) -> String {
    let clauses: String = section.clauses.iter().map(clause).collect();
    let head = if section.title.is_empty() {
        String::new()
    } else {
        format!("<h2 id=\"s-{}\">{}. {}</h2>\n", section.number, section.number, escape(&section.title))
    };
    format!("<section>\n{head}{clauses}</section>\n")
}

fn clause(clause: &Clause) -> String {
    let text: String = pieces(&clause.text).into_iter().map(piece).collect();
    let plain = if clause.plain.is_empty() { String::new() } else { format!("\n<p class=\"plain\">{}</p>", escape(&clause.plain)) };
    format!(
        "<div class=\"clause\" id=\"c-{id}\">\n<p><a class=\"anchor\" href=\"#c-{id}\" aria-label=\"Clause {id}\">{id}</a> {text}</p>{plain}\n</div>\n",
        id = clause.id
    )
}

fn piece(piece: Piece<'_>) -> String {
    match piece {
        Piece::Text(text) => escape(text).into_owned(),
        Piece::Path(path) => format!("<a href=\"{0}\">{0}</a>", escape(path)),
        Piece::Mail(mail) => format!("<a href=\"mailto:{0}\">{0}</a>", escape(mail)),
        Piece::Blank(called) => format!("<mark>{}</mark>", escape(called)),
    }
}
