//! What tests of several features do with cases, through the same doors as a browser.

use uuid::Uuid;

use super::api::{CaseView, ListView};
use crate::{
    accounts::Role,
    audit::api::RecordView,
    server::testing::{Answered, Browser, Organisation, TestApp},
};

/// A member at work in an organisation that has chosen its case types.
pub struct Desk {
    /// The organisation.
    pub organisation: Organisation,
    /// The member's browser.
    pub browser: Browser,
    /// Numbers of the cases opened here.
    pub numbers: Vec<String>,
}

impl Desk {
    /// An organisation of that name with the presets `advice` and `permit`, and the member of that role signed in.
    pub async fn open(app: &TestApp, name: &str, role: Role) -> Self {
        let organisation = app.organisation(name).await;
        let mut owner = organisation.signed_in(app, Role::Owner).await;
        let chosen = owner.call("/api/settings/choose_presets", &[("presets[]", "advice"), ("presets[]", "permit")]).await;
        assert_eq!(chosen.status, 200, "{}", chosen.body);
        let browser = if role == Role::Owner { owner } else { organisation.signed_in(app, role).await };
        Self { organisation, browser, numbers: Vec::new() }
    }

    /// Opens a legal-advice case; answers its number.
    pub async fn case(&mut self, title: &str) -> String {
        let list = self.list("").await;
        let advice = list.catalogue.types.iter().find(|t| t.key == "advice").unwrap().id.to_string();
        let answer = self.create(&[("key", &Uuid::now_v7().to_string()), ("title", title), ("case_type", &advice)]).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let number = answer.location().strip_prefix("/cases/").unwrap().to_owned();
        self.numbers.push(number.clone());
        number
    }

    /// Sends the form of a new case.
    pub async fn create(&mut self, pairs: &[(&str, &str)]) -> Answered {
        self.browser.call("/api/cases/create", pairs).await
    }

    /// Writes a note.
    pub async fn note(&mut self, number: &str, body: &str) {
        let key = Uuid::now_v7().to_string();
        let answer = self.browser.call("/api/cases/write_entry", &[("key", &key), ("number", number), ("body", body)]).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
    }

    /// Reads a case.
    pub async fn read(&mut self, number: &str) -> CaseView {
        self.browser.read("/api/cases/case", &[("number", number)]).await.value()
    }

    /// Reads the list.
    pub async fn list(&mut self, query: &str) -> ListView {
        self.browser.read("/api/cases/list", &[("query", query)]).await.value()
    }

    /// Moves a case at its current version.
    pub async fn go(&mut self, number: &str, to: &str, outcome: &str) -> Answered {
        let version = self.read(number).await.version.to_string();
        self.browser.call("/api/cases/move", &[("number", number), ("version", &version), ("to", to), ("outcome", outcome)]).await
    }

    /// The history of a case.
    pub async fn history(&mut self, number: &str) -> RecordView {
        self.browser.read("/api/audit/case_history", &[("number", number)]).await.value()
    }
}
