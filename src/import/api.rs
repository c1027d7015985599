//! What may be asked about imports. The file itself comes in through a door of its own: see `upload`.

use leptos::{server, server_fn::codec::GetUrl};
use serde::{Deserialize, Serialize};

use super::model::{Report, Status};
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
    /// The first rows that were left out.
    pub rejects: Vec<RejectView>,
}

/// A column of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnView {
    /// Its heading.
    pub name: String,
    /// Its first values.
    pub sample: Vec<String>,
    /// The key of what it becomes.
    pub becomes: String,
}

/// A row that was left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RejectView {
    /// Its line in the file.
    pub line: i64,
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

/// Matches the columns and tries the file out.
#[server(name = CheckImport, endpoint = "import/check")]
pub async fn check(id: Id<kinds::Import>, #[server(default)] case_type: String, #[server(default)] columns: Vec<String>) -> Answer<()> {
    let scope = crate::accounts::Scope::require(crate::accounts::Permission::CaseImport)?;
    super::look::check(&scope, id, &case_type, columns).await
}

/// Reads the file again with another delimiter: one character, or the word `tab`.
#[server(name = ReadAgain, endpoint = "import/read-again")]
pub async fn read_again(id: Id<kinds::Import>, #[server(default)] delimiter: String) -> Answer<()> {
    let scope = crate::accounts::Scope::require(crate::accounts::Permission::CaseImport)?;
    super::look::read_again(&scope, id, &delimiter).await
}

/// Imports for good.
#[server(name = StartImport, endpoint = "import/start")]
pub async fn start(id: Id<kinds::Import>) -> Answer<()> {
    let scope = crate::accounts::Scope::require(crate::accounts::Permission::CaseImport)?;
    super::look::start(&scope, id).await
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
