//! What may be asked about the archive of an organisation. The file itself leaves through a door of its own.

use leptos::server;

use crate::{
    fault::Answer,
    ids::{Id, kinds},
};

/// Asks for an archive of everything, with the password.
#[server(name = AskArchive, endpoint = "archive/ask")]
pub async fn ask(password: String) -> Answer<()> {
    let scope = crate::accounts::Scope::require(crate::accounts::Permission::OrgExport)?;
    super::order::ask_mine(&scope, &password).await
}

/// Stops the making of an archive.
#[server(name = StopArchive, endpoint = "archive/stop")]
pub async fn stop(archive: Id<kinds::Archive>) -> Answer<()> {
    let scope = crate::accounts::Scope::require(crate::accounts::Permission::OrgExport)?;
    super::order::stop(&scope, archive).await
}

/// Proves with the password that it is me, and leads to the file.
#[server(name = OpenArchive, endpoint = "archive/open")]
pub async fn open(archive: Id<kinds::Archive>, password: String) -> Answer<()> {
    let scope = crate::accounts::Scope::require(crate::accounts::Permission::OrgExport)?;
    super::order::open(&scope, archive, &password).await
}

/// Removes an archive before its time.
#[server(name = RemoveArchive, endpoint = "archive/remove")]
pub async fn remove(archive: Id<kinds::Archive>) -> Answer<()> {
    let scope = crate::accounts::Scope::require(crate::accounts::Permission::OrgExport)?;
    super::order::remove(&scope, archive).await
}
