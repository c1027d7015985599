//! The package's own page: for reading, printing, and a screen reader; nothing in it runs.

use super::{
    held::{Held, Section},
    signature::KEY_PATH,
};
use crate::server::{http::escape, state::State, time::iso};

pub(in crate::privacy) const LOOK: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}\
table{border-collapse:collapse;width:100%;font-size:.875rem}th,td{text-align:left;vertical-align:top;padding:.375rem .5rem;\
border-bottom:1px solid #8886;overflow-wrap:anywhere}h2{margin-top:2.5rem}.hint{opacity:.75}@media print{h2{break-after:avoid}}";

/// The document.
pub(super) fn document(state: &State, held: &Held) -> String {
    let operator = if state.config.operator.name.is_empty() { "the operator of this installation" } else { &state.config.operator.name };
    let contents: String =
        held.sections.iter().map(|s| format!("<li><a href=\"#{}\">{}</a> ({})</li>", s.name, escape(s.title), s.rows.len())).collect();
    let sections: String = held.sections.iter().map(|section| part(held, section)).collect();
    let omitted: String = held.omitted.iter().map(|o| format!("<li><b>{}.</b> {}</li>", escape(&o.what), escape(o.ground))).collect();
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>Your data in CaseTrakr</title><style>{LOOK}</style></head><body><main>\
         <h1>Your data in CaseTrakr</h1>\
         <p>Everything that {} holds about {} ({}), as of {}.</p>\
         <p>The same tables are in <code>data/</code>, as JSON and as CSV. <code>schema.json</code> describes them; \
         <code>processing.json</code> says what they are used for, on which basis and for how long.</p>\
         <h2>Contents</h2><ol>{contents}</ol>{sections}\
         <h2>Held and not in this copy</h2><ul>{omitted}</ul>\
         <h2>How to check this copy</h2><p><code>manifest.json</code> lists every file with its SHA-256, and <code>manifest.sig</code> \
         is a signature over it. The key is published at {}{KEY_PATH}. With OpenSSL: <code>openssl pkeyutl -verify -pubin -inkey \
         casetrakr-signing-key.pem -rawin -in manifest.json -sigfile manifest.sig</code></p></main></body></html>\n",
        escape(operator),
        escape(&held.person.name),
        escape(&held.person.email),
        escape(&iso(state.clock.now())),
        escape(&state.config.origin()),
    )
}

fn part(held: &Held, section: &Section) -> String {
    let head: String = section.columns.iter().map(|(_, label)| format!("<th scope=\"col\">{}</th>", escape(label))).collect();
    let body: String = section
        .rows
        .iter()
        .map(|row| {
            let cells: String = section
                .columns
                .iter()
                .zip(row)
                .map(|((name, _), value)| format!("<td>{}</td>", escape(&held.named(name, value))))
                .collect();
            format!("<tr>{cells}</tr>")
        })
        .collect();
    let table = if section.rows.is_empty() {
        "<p>Nothing.</p>".to_owned()
    } else {
        format!("<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>")
    };
    format!(
        "<section><h2 id=\"{}\">{}</h2><p class=\"hint\">{}</p>{table}</section>",
        section.name,
        escape(section.title),
        escape(section.keep)
    )
}
