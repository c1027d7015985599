//! What may be asked about imports. The file itself comes in through a door of its own: see `upload`.
#![expect(clippy::too_many_arguments, reason = "one argument a form field, and forms are flat")]

use leptos::{server, server_fn::codec::GetUrl};
use serde::{Deserialize, Serialize};

use super::{
    answers::{Question, Typed},
    model::{Existing, Status},
    report::Report,
};
use crate::{
    cases::CaseType,
    clock::Shown,
    fault::Answer,
    ids::{Id, kinds},
};

/// The page of all imports.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ImportsView {
    /// The latest first, up to a hundred.
    pub imports: Vec<SummaryView>,
    /// How large a file may be.
    pub limit_megabytes: u64,
}

/// One import in a line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SummaryView {
    /// Its id.
    pub id: Id<kinds::Import>,
    /// The name of its file.
    pub file_name: String,
    /// Who uploaded it.
    pub by: String,
    /// When.
    pub at: Shown,
    /// When it ended.
    pub ended: Option<Shown>,
    /// How far it is.
    pub status: Status,
    /// Rows below the headings.
    pub rows_total: i64,
    /// Rows gone through.
    pub rows_done: i64,
    /// What came of it so far.
    pub report: Report,
}

/// One import on its page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ImportView {
    /// The import in a line.
    pub summary: SummaryView,
    /// Its columns.
    pub columns: Vec<ColumnView>,
    /// Whether somebody has matched the columns, or they are only guessed.
    pub matched: bool,
    /// The case type matched or guessed.
    pub case_type: Option<Id<kinds::CaseType>>,
    /// The types to choose from.
    pub types: Vec<CaseType>,
    /// What separates the columns, in words.
    pub separated_by: String,
    /// The same as one types it.
    pub delimiter: String,
    /// The encoding.
    pub encoding: String,
    /// The line of the headings.
    pub heading_line: u64,
    /// The first lines above them.
    pub above: Vec<String>,
    /// What the file may ask of whoever matches its columns.
    pub questions: Vec<Question>,
    /// Why rows were left out.
    pub rejects: Vec<RejectView>,
    /// The name of the system that the ids are from, matched or likely.
    pub source: String,
    /// The names that there are.
    pub sources: Vec<String>,
    /// What becomes of cases that are here.
    pub existing: Existing,
    /// Whether each row is a case of its own.
    pub without_id: bool,
    /// Whether it was said that ids mean the same cases, and whether that is asked.
    pub confirmed: bool,
    /// Whether some do not look so.
    pub asks_same: bool,
    /// Words for states that are none of ours.
    pub words: Vec<WordView>,
    /// The headings of columns that become nothing, although something stands in them.
    pub left_out: Vec<String>,
    /// Counts how often it was matched and tried out.
    pub version: i64,
}

/// A word for a state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WordView {
    /// As the file has it.
    pub word: String,
    /// The key of the state that it means; empty where nobody has said.
    pub means: String,
    /// The key of the one that it is likely to mean; empty for none.
    pub likely: String,
}

/// A column of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnView {
    /// Which of the columns it is.
    pub at: usize,
    /// Its heading.
    pub name: String,
    /// Its first values.
    pub sample: Vec<String>,
    /// The key of what it becomes.
    pub becomes: String,
    /// Why, where nobody has said so.
    pub why: String,
    /// Whether something stands in it.
    pub filled: bool,
}

/// Rows that were left out for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RejectView {
    /// The line of the first in the file.
    pub line: i64,
    /// How many there are.
    pub rows: i64,
    /// The columns that are wrong.
    pub column: String,
    /// What is wrong.
    pub reason: String,
    /// What to do.
    pub cure: String,
}

/// The imports of my organisation.
#[server(endpoint = "import/imports", input = GetUrl)]
pub async fn imports() -> Answer<ImportsView> {
    let scope = crate::accounts::Scope::require(crate::accounts::Permission::CaseImport)?;
    super::look::imports(&scope).await
}

/// One import. `case_type` is the key of a type whose fields are to be offered; empty leaves it as it is.
#[server(name = ReadImport, endpoint = "import/import", input = GetUrl)]
pub async fn import(id: Id<kinds::Import>, #[server(default)] case_type: String) -> Answer<ImportView> {
    let scope = crate::accounts::Scope::require(crate::accounts::Permission::CaseImport)?;
    super::look::import(&scope, id, &case_type).await
}

/// How far an import is.
#[server(name = ReadProgress, endpoint = "import/progress", input = GetUrl)]
pub async fn progress(id: Id<kinds::Import>) -> Answer<SummaryView> {
    let scope = crate::accounts::Scope::require(crate::accounts::Permission::CaseImport)?;
    super::look::progress(&scope, id).await
}

/// Matches the columns and tries the file out. `case_column` is the number of the column of the case id or `none`, where
/// the columns do not say it; `words` are words for states, and `states` what each of them means. Where `shown_type` is
/// another type than `case_type`, or delimiter or heading line are not those of the file as it was read (or `again` is said), the form is to be
/// looked at again, and nothing is tried out yet.
#[server(name = CheckImport, endpoint = "import/check")]
pub async fn check(
    id: Id<kinds::Import>,
    #[server(default)] case_type: String,
    #[server(default)] shown_type: String,
    #[server(default)] delimiter: String,
    #[server(default)] heading_line: String,
    #[server(default)] again: String,
    #[server(default)] columns: Vec<String>,
    #[server(default)] case_column: String,
    #[server(default)] source: String,
    #[server(default)] existing: String,
    #[server(default)] same: String,
    #[server(default)] words: Vec<String>,
    #[server(default)] states: Vec<String>,
    #[server(default)] answers: Typed,
) -> Answer<()> {
    let scope = crate::accounts::Scope::require(crate::accounts::Permission::CaseImport)?;
    let same = !same.is_empty();
    let written = answers;
    let answers = super::look::Answers {
        case_type,
        shown_type,
        delimiter,
        heading_line,
        again: !again.is_empty(),
        columns,
        case_column,
        source,
        existing,
        same,
        words,
        states,
        written,
    };
    super::look::check(&scope, id, answers).await
}

/// Reads the file again with another delimiter, one character or the word `tab`, and with its headings on another line.
#[server(name = ReadAgain, endpoint = "import/read-again")]
pub async fn read_again(
    id: Id<kinds::Import>,
    #[server(default)] delimiter: String,
    #[server(default)] heading_line: String,
) -> Answer<()> {
    let scope = crate::accounts::Scope::require(crate::accounts::Permission::CaseImport)?;
    super::look::read_again(&scope, id, &delimiter, &heading_line).await
}

/// Imports for good what was tried out, in the version that the page showed.
#[server(name = StartImport, endpoint = "import/start")]
pub async fn start(id: Id<kinds::Import>, #[server(default)] version: String) -> Answer<()> {
    let scope = crate::accounts::Scope::require(crate::accounts::Permission::CaseImport)?;
    super::look::start(&scope, id, &version).await
}

/// Stops trying out or importing.
#[server(name = CancelImport, endpoint = "import/cancel")]
pub async fn cancel(id: Id<kinds::Import>) -> Answer<()> {
    let scope = crate::accounts::Scope::require(crate::accounts::Permission::CaseImport)?;
    super::look::cancel(&scope, id).await
}

/// Removes an import from the list, and what is kept of its file. The cases stay.
#[server(name = ForgetImport, endpoint = "import/forget")]
pub async fn forget(id: Id<kinds::Import>) -> Answer<()> {
    let scope = crate::accounts::Scope::require(crate::accounts::Permission::CaseImport)?;
    super::look::forget(&scope, id).await
}
