//! `[[subprocessors]]`: others who process personal data for the operator. The public register is this list.

use serde::{Deserialize, Serialize};

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subprocessor {
    /// What it is called; names it in the register.
    pub name: String,
    /// The legal person.
    pub entity: String,
    /// What it does for the operator.
    pub service: String,
    /// Which data it sees.
    pub data: String,
    /// Where, as two letters of ISO 3166.
    pub country: String,
    /// What protects the data there: empty within the EEA and the United Kingdom, else one of [`MECHANISMS`].
    #[serde(default)]
    pub transfer: String,
    /// How it is reached.
    #[serde(default)]
    pub contact: String,
    /// What shows that it protects data.
    #[serde(default)]
    pub evidence: String,
    /// The first day, as `YYYY-MM-DD`.
    pub starts: String,
}

/// What may protect data in other countries, with its name on screen.
pub const MECHANISMS: [(&str, &str); 4] = [
    ("adequacy", "Decision that the country protects data adequately"),
    ("dpf", "EU-US Data Privacy Framework"),
    ("scc", "Standard contractual clauses of the European Commission"),
    ("idta", "International data transfer agreement of the United Kingdom"),
];

/// The EEA and the United Kingdom.
const WITHIN: [&str; 31] = [
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GR", "HR", "HU", "IE", "IS", "IT", "LI", "LT", "LU", "LV",
    "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
];

impl Subprocessor {
    /// The protection of data there, as people read it.
    pub fn protection(&self) -> &'static str {
        MECHANISMS
            .iter()
            .find(|(key, _)| *key == self.transfer)
            .map_or("None needed: within the EEA or the United Kingdom", |(_, name)| *name)
    }
}

/// What no type can say.
///
/// # Errors
/// One line that names the key.
pub(super) fn check(all: &[Subprocessor]) -> Result<(), String> {
    for (at, one) in all.iter().enumerate() {
        let key = |key: &str, complaint: &str| Err(format!("subprocessors[{at}].{key}: {complaint}"));
        for (name, text) in [("name", &one.name), ("entity", &one.entity), ("service", &one.service), ("data", &one.data)] {
            if text.trim().is_empty() || text.chars().any(char::is_control) {
                return key(name, "must be one line and not empty");
            }
        }
        if one.country.len() != 2 || !one.country.chars().all(|c| c.is_ascii_uppercase()) {
            return key("country", "must be two capital letters of ISO 3166, such as NL");
        }
        if !one.transfer.is_empty() && !MECHANISMS.iter().any(|(known, _)| *known == one.transfer) {
            return key("transfer", "must be adequacy, dpf, scc or idta");
        }
        if one.transfer.is_empty() && !WITHIN.contains(&one.country.as_str()) {
            return key("transfer", "must be set for a country outside of the EEA and the United Kingdom");
        }
        if one.starts.parse::<jiff::civil::Date>().is_err() {
            return key("starts", "must be a day such as 2027-01-15");
        }
        if all.iter().skip(at + 1).any(|other| other.name == one.name) {
            return key("name", "stands there twice");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::config::Config;

    fn read(text: &str) -> Result<Config, String> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        Config::read(file.path(), std::iter::empty(), |_| {})
    }

    const GOOD: &str = "[[subprocessors]]\nname = \"Northern\"\nentity = \"Northern B.V.\"\nservice = \"Machines\"\ndata = \"All\"\ncountry = \"NL\"\nstarts = \"2027-01-15\"\n";

    #[test]
    fn pp_9_a_country_outside_needs_what_protects_data_there() {
        assert_eq!(read(GOOD).unwrap().subprocessors.len(), 1);
        let abroad = GOOD.replace("NL", "US");
        assert!(read(&abroad).unwrap_err().starts_with("subprocessors[0].transfer: must be set"));
        assert!(read(&format!("{abroad}transfer = \"handshake\"\n")).unwrap_err().contains("must be adequacy"));
        assert_eq!(read(&format!("{abroad}transfer = \"scc\"\n")).unwrap().subprocessors[0].protection(), MECHANISMS[2].1);
    }

    #[test]
    fn a_bad_entry_is_one_line_that_names_it() {
        for (text, key) in [
            (GOOD.replace("Machines", ""), "subprocessors[0].service"),
            (GOOD.replace("2027-01-15", "soon"), "subprocessors[0].starts"),
            (GOOD.replace("\"NL\"", "\"nl\""), "subprocessors[0].country"),
            (format!("{GOOD}{GOOD}"), "subprocessors[0].name"),
            (format!("{GOOD}colour = \"red\"\n"), "subprocessors[0]: unknown field"),
            (format!("{GOOD}{}", GOOD.replace("name = \"Northern\"\n", "")), "subprocessors[1]: missing field"),
        ] {
            let line = read(&text).unwrap_err();
            assert!(line.starts_with(key) && !line.contains('\n'), "{line}");
        }
    }
}
