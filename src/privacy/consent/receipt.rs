//! A receipt: what was asked, what was answered, when, and how to take it back. The fields are those of
//! ISO/IEC TS 27560; there is no address and no name of a browser among them.

use serde_json::{Value, json};
use sqlx::FromRow;
use uuid::Uuid;

use super::model::{Category, Choice};
use crate::{
    clock::Instant,
    server::{
        secret::{hex, sha256},
        state::State,
        time::iso,
    },
};

/// The name of this form of receipt; `/privacy/consent-receipt.schema.json` describes it.
pub const SCHEMA: &str = "iso27560-ct-1";

/// The banner as it is shown, kept for as long as receipts name it.
pub const NOTICE: &str = include_str!("notice/1.html");

/// One receipt as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Receipt {
    pub id: Uuid,
    pub device_id: Uuid,
    pub user_id: Option<Uuid>,
    pub replaces: Option<Uuid>,
    pub notice_version: i64,
    pub notice_sha256: String,
    pub ui_version: i64,
    pub language: String,
    pub preferences: i64,
    pub analytics: i64,
    pub method: String,
    pub opt_out_signal: i64,
    pub chosen_at: Instant,
    pub expires_at: Instant,
    pub sha256: Vec<u8>,
}

impl Receipt {
    /// What was chosen.
    pub fn choice(&self) -> Choice {
        Choice { preferences: self.preferences == 1, analytics: self.analytics == 1 }
    }

    /// The hash over everything but the account, whose tie to a receipt can be cut.
    pub fn hash(&self) -> Vec<u8> {
        let canonical = json!([
            SCHEMA,
            self.id,
            self.device_id,
            self.replaces,
            self.notice_version,
            self.notice_sha256,
            self.ui_version,
            self.language,
            self.preferences,
            self.analytics,
            self.method,
            self.opt_out_signal,
            self.chosen_at,
            self.expires_at,
        ]);
        sha256(&[canonical.to_string().as_bytes()]).to_vec()
    }

    /// The hash as text.
    pub fn seal(&self) -> String {
        hex(&self.sha256)
    }

    /// In words: what somebody did.
    pub fn told(&self) -> &'static str {
        told(&self.method)
    }

    /// As a file to take along.
    pub fn json(&self, state: &State) -> Value {
        let origin = state.config.origin();
        let purposes: Vec<Value> = [Category::Preferences, Category::Analytics]
            .into_iter()
            .map(|category| {
                json!({
                    "purpose": category.key(),
                    "description": category.purpose(),
                    "lawful_basis": "consent",
                    "given": self.choice().allows(category),
                    "recipients": ["controller"],
                })
            })
            .collect();
        json!({
            "schema": SCHEMA,
            "record_id": self.id,
            "pii_principal": {
                "kind": if self.user_id.is_some() { "user" } else { "visitor" },
                "id": self.user_id.unwrap_or(self.device_id),
            },
            "controller": { "name": state.config.operator.name, "contact": state.config.operator.email, "url": origin },
            "notice": {
                "version": self.notice_version,
                "sha256": self.notice_sha256,
                "language": self.language,
                "ui_version": self.ui_version,
                "url": format!("{origin}/privacy/choices/notice/{}", self.ui_version),
            },
            "purposes": purposes,
            "event": {
                "method": self.method,
                "time": iso(self.chosen_at),
                "valid_until": iso(self.expires_at),
                "opt_out_signal": self.opt_out_signal == 1,
                "jurisdiction": null,
                "replaces": self.replaces,
            },
            "withdrawal": format!("{origin}/privacy/choices"),
            "sha256": self.seal(),
        })
    }
}

/// How a choice was made, in words.
pub fn told(method: &str) -> &'static str {
    match method {
        "accept" => "You accepted everything",
        "reject" => "You refused everything that is not necessary",
        "save" => "You chose yourself",
        "withdraw" => "You withdrew your consent",
        "gpc" => "Your browser's opt-out signal was stored with your account",
        "account_merge" => "The choice of a browser became that of your account",
        _ => "You chose",
    }
}
