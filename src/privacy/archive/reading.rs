//! The archive's own pages: what is in it and how to check it, for reading, printing and a screen reader. Nothing runs.

use super::{
    SCHEMA_PATH,
    contents::{Contents, Counted},
    parts,
};
use crate::{
    count::counted,
    privacy::mine::{KEY_PATH, LOOK},
    server::{http::escape, state::State},
};

const MORE: &str = "h3{margin:1.5rem 0 0}section p{margin:.25rem 0}dl{display:grid;grid-template-columns:minmax(8rem,max-content) 1fr;\
gap:.125rem 1rem;font-size:.875rem}dd{margin:0}pre,code{white-space:pre-wrap;overflow-wrap:anywhere}a{display:inline-block;\
line-height:1.75}summary{line-height:1.75}@media print{details::details-content{content-visibility:visible}section{break-inside:avoid}}";

/// `index.html`
pub(super) fn page(state: &State, contents: &Contents) -> String {
    let part = |table: &Counted| {
        let fields = table
            .fields
            .iter()
            .map(|field| format!("<dt><code>{}</code></dt><dd>{}</dd>", field.name, escape(field.label)))
            .collect::<String>();
        let name = table.table.name;
        format!(
            "<section id=\"{name}\"><h3>{}</h3><p>{}: <a href=\"data/{name}.csv\">{name}.csv</a>, \
             <a href=\"data/{name}.jsonl\">{name}.jsonl</a></p><details><summary>Columns</summary><dl>{fields}</dl></details></section>",
            escape(parts::title(table.table)),
            counted(i64::try_from(table.many).unwrap_or(i64::MAX), "row", "rows"),
        )
    };
    let tables: String = contents.tables.iter().map(part).collect();
    let omitted: String = parts::reasons()
        .iter()
        .map(|(why, what)| format!("<li>{}. <span class=\"hint\">{}</span></li>", escape(&what.join(", ")), escape(why)))
        .collect();
    let origin = escape(&state.config.origin()).to_string();
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>Archive of {name}</title><style>{LOOK}{MORE}</style></head><body><main>\
         <h1>Archive of {name}</h1>\
         <p>Everything that the organisation {name} has in CaseTrakr, as of {at}: {rows} in {tables_many}.</p>\
         <p>{restricted}</p>\
         <p>Each table is there twice: as CSV to open in a spreadsheet, and as JSON, one row a line, for programs. \
         <a href=\"schema.json\">schema.json</a> describes both and is published at {origin}{SCHEMA_PATH}.</p>\
         <h2>What is in it</h2>{tables}\
         <h2>What is not in it, and why</h2><ul>{omitted}</ul>\
         <h2>How to check it</h2><p><a href=\"manifest.json\">manifest.json</a> lists every file with its SHA-256, and \
         <code>manifest.sig</code> is the signature of the installation over it. The key is published at {origin}{KEY_PATH}. With \
         OpenSSL:</p><pre>openssl pkeyutl -verify -pubin -inkey casetrakr-signing-key.pem -rawin -in manifest.json -sigfile \
         manifest.sig</pre>\
         <h2>Members in texts</h2><p>Where a timeline or the record speaks of a member, it says <code>{{member ID}}</code>: the name is \
         the one beside that ID in <a href=\"data/users.csv\">users.csv</a>.</p>\
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
         {{member ID}} in a text is the member with that ID in data/users.csv.\n\n\
         To go on elsewhere: casetrakr import --archive FILE, into an empty installation.\n",
        contents.name,
        contents.at,
        restricted(contents),
    )
}
