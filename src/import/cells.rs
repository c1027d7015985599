//! What stands in one cell: a moment, a state, a person, the value of a custom field.

use std::collections::HashMap;

use crate::{
    cases::{CaseType, FieldKind, Priority, model::Colleague, parse::parse_field},
    clock::Instant,
    day::Day,
    ids::{Id, kinds},
    server::time::Zone,
};

/// What is wrong, and what to do.
pub(super) type Wrong = (String, String);

/// Knows the type, the members and the zone.
pub(super) struct Cells {
    pub case_type: CaseType,
    members: HashMap<String, Option<Id<kinds::User>>>,
    zone: Zone,
}

impl Cells {
    /// For cases of this type.
    pub fn new(case_type: CaseType, all: &[Colleague], zone: Zone) -> Self {
        let mut members: HashMap<String, Option<Id<kinds::User>>> = HashMap::new();
        for member in all {
            // Two of one name cannot be told apart: then the label stays a label.
            members.entry(folded(&member.name)).and_modify(|id| *id = None).or_insert(Some(member.id));
        }
        Self { case_type, members, zone }
    }

    /// A moment; a day alone begins or ends with the organisation's day.
    pub fn moment(&self, cell: &str, end_of_day: bool) -> Result<Instant, Wrong> {
        let iso = to_iso(cell);
        let day = iso.len() == 10;
        let found = match (day, end_of_day) {
            (true, true) => iso.parse().ok().map(|day| self.zone.end_of(day)),
            (true, false) => iso.parse().ok().map(|day| self.zone.start_of(day)),
            (false, _) => self.zone.parse(&iso),
        };
        found
            .filter(|at| (1800..2300).contains(&self.zone.year(*at)))
            .ok_or_else(|| (format!("{} is no date.", quoted(cell)), "Write dates as 2011-12-31 or 2011-12-31 14:05.".into()))
    }

    /// A day: the one that is written. A moment with an offset falls on the organisation's day, but for midnight and the
    /// second before it: at those other programs write days.
    pub fn day(&self, cell: &str) -> Result<Day, Wrong> {
        let iso = to_iso(cell);
        let (written, time) = iso.split_at_checked(10).unwrap_or((&iso, ""));
        let has_offset = time.contains(['Z', '+', '-']);
        if has_offset && !is_edge_of_day(time) {
            return self.moment(cell, false).map(|at| self.zone.day(at));
        }
        let is_time = time.is_empty() || self.zone.parse(&format!("2000-01-01{time}")).is_some();
        let day = if is_time { written.parse() } else { Err("Write dates as 2011-12-31 or 2011-12-31 14:05.") };
        day.map_err(|cure| (format!("{} is no date.", quoted(cell)), cure.to_owned()))
    }

    /// The member of that name.
    pub fn member(&self, label: &str) -> Option<Id<kinds::User>> {
        self.members.get(&folded(label)).copied().flatten()
    }

    /// The value of a custom field.
    pub fn field(&self, key: &str, cell: &str) -> Result<Option<serde_json::Value>, Wrong> {
        let Some(def) = self.case_type.field(key) else { return Ok(None) };
        let plain = |reason: String| (format!("{} does not fit.", quoted(cell)), reason);
        match def.kind {
            FieldKind::Date => Ok(Some(self.day(cell)?.to_string().into())),
            FieldKind::Choices => {
                parse_field(def, &cell.split([',', ';']).map(|one| one.trim().to_owned()).collect::<Vec<_>>()).map_err(plain)
            }
            FieldKind::Member => match self.member(cell) {
                Some(id) => Ok(Some(id.to_string().into())),
                None => {
                    Err((format!("{} is no member.", quoted(cell)), "Write the name of a member as it stands in Settings, Members.".into()))
                }
            },
            FieldKind::Text | FieldKind::LongText | FieldKind::Number | FieldKind::YesNo | FieldKind::Choice => {
                parse_field(def, &[cell.to_owned()]).map_err(plain)
            }
        }
    }
}

/// Whether a time stands for its day: midnight, or the second before it.
fn is_edge_of_day(time: &str) -> bool {
    let clock = time.trim_start_matches([' ', 'T']).split(['Z', '+', '-', ' ']).next().unwrap_or_default();
    clock.starts_with("23:59:59") || clock.chars().all(|c| matches!(c, '0' | ':' | '.'))
}

/// A priority, in our words or in common ones.
pub(super) fn priority(cell: &str) -> Result<Priority, Wrong> {
    let known = Priority::parse(cell).or(match folded(cell).as_str() {
        "medium" | "standard" | "default" => Some(Priority::Normal),
        "critical" | "highest" | "immediate" => Some(Priority::Urgent),
        "lowest" | "minor" => Some(Priority::Low),
        "major" => Some(Priority::High),
        _ => None,
    });
    known.ok_or_else(|| (format!("There is no priority {}.", quoted(cell)), "Write low, normal, high or urgent.".into()))
}

fn folded(text: &str) -> String {
    text.trim().to_lowercase()
}

/// A value as a sentence quotes it.
pub(super) fn quoted(text: &str) -> String {
    let short: String = text.chars().take(40).collect();
    if short.len() < text.len() { format!("\u{201c}{short}\u{2026}\u{201d}") } else { format!("\u{201c}{short}\u{201d}") }
}

/// `31.12.2011 14:05` and `31-12-2011` become `2011-12-31 …`. With slashes nobody knows which is the month, so those stay
/// what they are: no date.
fn to_iso(cell: &str) -> String {
    let (day, rest) = cell.find([' ', 'T']).map_or((cell, ""), |at| cell.split_at(at));
    let parts: Vec<&str> = day.split(['.', '-']).collect();
    let number = |text: &str| text.len() <= 2 && !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    // `9:05` is `09:05`.
    let rest = if rest.as_bytes().get(2) == Some(&b':') { format!(" 0{}", rest.get(1..).unwrap_or_default()) } else { rest.to_owned() };
    match parts.as_slice() {
        [d, m, y] if number(d) && number(m) && y.len() == 4 => format!("{y}-{m:0>2}-{d:0>2}{rest}"),
        _ => format!("{day}{rest}"),
    }
}
