//! Which part of a case is looked at. It is in the address, so that it works without script and can be gone back to.

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use crate::fault::Answer;

use super::{
    api::{RevisionView, revisions},
    draft::Draft,
};

/// The parts of the address of a case's page, and what follows from a change.
#[derive(Clone, Copy)]
pub(super) struct Looking {
    /// The case.
    pub number: Memo<String>,
    /// The kind of entries shown; empty for all.
    pub show: Memo<String>,
    /// Only entries before this moment; 0 for all.
    pub before: Memo<i64>,
    /// The entry that is being edited.
    pub edit: Memo<String>,
    /// The entry whose earlier texts are shown.
    pub revisions: Memo<String>,
    /// Whether the closing form is asked for.
    pub closing: Memo<bool>,
    /// The other text of the entry that is being edited. It outlives every refetch of what stands around it.
    pub editing: Draft,
}

impl Looking {
    /// From the route.
    pub(super) fn here() -> Self {
        let (params, query) = (use_params_map(), use_query_map());
        let asked = move |name: &'static str| Memo::new(move |_| query.with(|q| q.get(name)).unwrap_or_default());
        Self {
            number: Memo::new(move |_| params.with(|p| p.get("number")).unwrap_or_default()),
            show: asked("show"),
            before: Memo::new(move |_| query.with(|q| q.get("before")).and_then(|at| at.parse().ok()).unwrap_or_default()),
            edit: asked("edit"),
            revisions: asked("revisions"),
            closing: Memo::new(move |_| query.with(|q| q.get("close")).is_some()),
            editing: Draft::new(),
        }
    }

    /// The same place with one more thing asked for, such as `edit=…#e-…`. Read once, when the page is made.
    pub(super) fn href(self, more: &str) -> String {
        let (show, before) = (self.show.get_untracked(), self.before.get_untracked());
        let mut parts = Vec::new();
        if !show.is_empty() {
            parts.push(format!("show={show}"));
        }
        if before != 0 {
            parts.push(format!("before={before}"));
        }
        if !more.is_empty() {
            parts.push(more.to_owned());
        }
        let query = if parts.is_empty() { String::new() } else { format!("?{}", parts.join("&")) };
        format!("/cases/{}{query}", self.number.get_untracked())
    }

    /// The earlier texts of the entry that the address names.
    pub(super) fn revisions(self) -> Resource<Answer<Vec<RevisionView>>> {
        Resource::new_blocking(
            move || (self.number.get(), self.revisions.get()),
            |(number, entry)| async move {
                match entry.parse() {
                    Ok(entry) => revisions(number, entry).await,
                    Err(_) => Ok(Vec::new()),
                }
            },
        )
    }
}
