//! The archive's own pages: what is in it and how to check it, for reading, printing and a screen reader. Nothing runs.

use super::{SCHEMA_PATH, parts, write::Contents};
use crate::{
    count::{counted, grouped},
    privacy::mine::{KEY_PATH, LOOK},
    server::{http::escape, state::State},
};

/// `index.html`
pub(super) fn page(state: &State, contents: &Contents) -> String {
    let row = |table: &super::write::Counted| {
        let fields =
            table.fields.iter().map(|field| format!("<code>{}</code> {}", field.name, escape(field.label))).collect::<Vec<_>>().join(", ");
        format!(
            "<tr id=\"{name}\"><th scope=\"row\">{about}</th><td>{many}</td><td><a href=\"data/{name}.csv\">{name}.csv</a><br>\
             <a href=\"data/{name}.jsonl\">{name}.jsonl</a></td><td>{fields}</td></tr>",
            name = table.table.name,
            about = escape(table.table.about),
            many = grouped(i64::try_from(table.many).unwrap_or(i64::MAX)),
        )
    };
    let tables: String = contents.tables.iter().map(row).collect();
    let omitted: String =
        parts::staying_out().iter().map(|(what, why)| format!("<li><code>{}</code>: {}</li>", escape(what), escape(why))).collect();
    let origin = escape(&state.config.origin()).to_string();
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>Archive of {name}</title><style>{LOOK}</style></head><body><main>\
         <h1>Archive of {name}</h1>\
         <p>Everything that the organisation {name} has in CaseTrakr, as of {at}: {rows} in {tables_many}.</p>\
         <p>{restricted}</p>\
         <p>Each table is there twice: as CSV to open in a spreadsheet, and as JSON, one row a line, for programs. \
         <a href=\"schema.json\">schema.json</a> describes both and is published at {origin}{SCHEMA_PATH}.</p>\
         <h2>What is in it</h2><table><thead><tr><th scope=\"col\">What</th><th scope=\"col\">Rows</th><th scope=\"col\">Files</th>\
         <th scope=\"col\">Columns</th></tr></thead><tbody>{tables}</tbody></table>\
         <h2>What is not in it, and why</h2><ul>{omitted}</ul>\
         <h2>How to check it</h2><p><a href=\"manifest.json\">manifest.json</a> lists every file with its SHA-256, and \
         <code>manifest.sig</code> is the signature of the installation over it. The key is published at {origin}{KEY_PATH}. With \
         OpenSSL:</p><pre>openssl pkeyutl -verify -pubin -inkey casetrakr-signing-key.pem -rawin -in manifest.json -sigfile \
         manifest.sig</pre>\
         <h2>How to go on elsewhere</h2><p>An empty installation of CaseTrakr takes it back: <code>casetrakr import --archive \
         FILE</code>. Everything is as it was; the people choose new passwords.</p></main></body></html>\n",
        name = escape(&contents.name),
        at = escape(&contents.at),
        rows = counted(i64::try_from(contents.rows()).unwrap_or(i64::MAX), "row", "rows"),
        tables_many = counted(i64::try_from(contents.tables.len()).unwrap_or(i64::MAX), "table", "tables"),
        restricted = restricted(contents),
    )
}

fn restricted(contents: &Contents) -> String {
    let cases = match contents.restricted {
        0 => "No case in it is restricted.".to_owned(),
        1 => "One restricted case is in it.".to_owned(),
        many => format!("{many} restricted cases are in it."),
    };
    format!(
        "{cases} Notes that only supervisors or only their author see are in it too. Keep it where only those get at it who may see all of this."
    )
}

/// `README.txt`
pub(super) fn readme(state: &State, contents: &Contents) -> String {
    let origin = state.config.origin();
    format!(
        "Archive of {}\nMade {} by {origin}\n\n{}\n\nOpen index.html to read what is in it.\n\n\
         data/*.csv     every table, to open in a spreadsheet\n\
         data/*.jsonl   the same for programs, one row a line\n\
         schema.json    what the columns are; published at {origin}{SCHEMA_PATH}\n\
         manifest.json  every file with its SHA-256\n\
         manifest.sig   signature over manifest.json (Ed25519)\n\n\
         To check it, fetch {origin}{KEY_PATH} and run\n\
         openssl pkeyutl -verify -pubin -inkey casetrakr-signing-key.pem -rawin -in manifest.json -sigfile manifest.sig\n\n\
         To go on elsewhere: casetrakr import --archive FILE, into an empty installation.\n",
        contents.name,
        contents.at,
        restricted(contents),
    )
}
