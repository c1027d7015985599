//! How people write numbers and dates, which differs from place to place: `1.234` is more than a thousand in Berlin and
//! little more than one in London, `05/01/2026` is in January in London and in May in New York.
//!
//! Reading takes what has one reading, whoever wrote it. What has two is told apart by the locale that the organisation has
//! chosen (in a form), or by the other values of a file, or by a person who is asked; it is never guessed. What is stored
//! is the same everywhere: a number as digits with a point, a day as `2026-01-05`.

#[cfg(feature = "ssr")]
pub mod date;
#[cfg(feature = "ssr")]
pub mod day;
#[cfg(feature = "ssr")]
mod month;
pub mod number;

use serde::{Deserialize, Serialize};

/// What stands before the decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// `1234.50`
    Point,
    /// `1234,50`
    Comma,
}

impl Mark {
    /// The character.
    pub const fn sign(self) -> char {
        match self {
            Self::Point => '.',
            Self::Comma => ',',
        }
    }
}

/// Which of two numbers in a date is the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// `31/12/2026`
    DayFirst,
    /// `12/31/2026`
    MonthFirst,
}

/// How an organisation writes numbers and dates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Locale {
    /// English, United Kingdom.
    #[default]
    EnGb,
    /// English, United States.
    EnUs,
    /// German, Germany.
    De,
    /// German, Switzerland.
    DeCh,
    /// French, France.
    Fr,
    /// Dutch, Netherlands.
    Nl,
}

impl Locale {
    /// Every locale, in the order of the form.
    pub const ALL: [Self; 6] = [Self::EnGb, Self::EnUs, Self::De, Self::DeCh, Self::Fr, Self::Nl];

    /// Its tag, in forms and in storage.
    pub const fn key(self) -> &'static str {
        match self {
            Self::EnGb => "en-GB",
            Self::EnUs => "en-US",
            Self::De => "de-DE",
            Self::DeCh => "de-CH",
            Self::Fr => "fr-FR",
            Self::Nl => "nl-NL",
        }
    }

    /// The locale of that tag.
    pub fn parse(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|locale| locale.key() == key)
    }

    /// Its name, with an example.
    pub const fn label(self) -> &'static str {
        match self {
            Self::EnGb => "English (UK): 1,234.50 and 31/12/2026",
            Self::EnUs => "English (US): 1,234.50 and 12/31/2026",
            Self::De => "Deutsch: 1.234,50 and 31.12.2026",
            Self::DeCh => "Schweiz: 1\u{2019}234.50 and 31.12.2026",
            Self::Fr => "Fran\u{e7}ais: 1\u{a0}234,50 and 31/12/2026",
            Self::Nl => "Nederlands: 1.234,50 and 31-12-2026",
        }
    }

    /// What stands before the decimals.
    pub const fn decimal(self) -> Mark {
        match self {
            Self::EnGb | Self::EnUs | Self::DeCh => Mark::Point,
            Self::De | Self::Fr | Self::Nl => Mark::Comma,
        }
    }

    /// Which comes first in a date of numbers.
    pub const fn order(self) -> Order {
        match self {
            Self::EnUs => Order::MonthFirst,
            Self::EnGb | Self::De | Self::DeCh | Self::Fr | Self::Nl => Order::DayFirst,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locales_have_keys_that_are_read_back() {
        for locale in Locale::ALL {
            assert_eq!(Locale::parse(locale.key()), Some(locale));
            assert!(locale.label().contains(&format!("234{}50", locale.decimal().sign())));
        }
        assert_eq!(Locale::parse("en"), None);
    }
}
