//! Which part of a case is looked at. It is in the address, so that it works without script and can be gone back to.

use crate::ui::address;

/// The parts of the address of a case's page.
#[derive(Clone)]
pub(super) struct Looking {
    /// The case.
    pub number: String,
    /// The kind of entries shown; empty for all.
    pub show: String,
    /// The place behind which the entries begin; empty for the top.
    pub before: String,
    /// The entry that is being edited.
    pub edit: String,
    /// The entry whose earlier texts are shown.
    pub revisions: String,
    /// Whether the closing form is asked for.
    pub closing: bool,
    /// Whether the facts are being edited.
    pub facts: bool,
}

impl Looking {
    /// From the route.
    pub(super) fn here() -> Self {
        Self {
            number: address::param("number"),
            show: address::query("show"),
            before: address::query("before"),
            edit: address::query("edit"),
            revisions: address::query("revisions"),
            closing: !address::query("close").is_empty(),
            facts: !address::query("facts").is_empty(),
        }
    }

    /// The same place with the facts as a form.
    pub(super) fn editing_facts(&self) -> String {
        self.href(if self.closing { "close=yes&facts=edit#facts" } else { "facts=edit#facts" })
    }

    /// The same place with the form that closes the case.
    pub(super) fn closing_form(&self) -> String {
        self.href(if self.facts { "facts=edit&close=yes#closing" } else { "close=yes#closing" })
    }

    /// The same place with one more thing asked for, such as `edit=…#e-…`.
    pub(super) fn href(&self, more: &str) -> String {
        let mut parts = Vec::new();
        if !self.show.is_empty() {
            parts.push(format!("show={}", self.show));
        }
        if !self.before.is_empty() {
            parts.push(format!("before={}", self.before));
        }
        if !more.is_empty() {
            parts.push(more.to_owned());
        }
        let query = if parts.is_empty() { String::new() } else { format!("?{}", parts.join("&")) };
        format!("/cases/{}{query}", self.number)
    }
}
