//! What can be said of a column, and the small language in which it is said.

pub use super::terms::{Access, Basis, Category, Erasure, Purpose, Subject, With};

/// How a value is read by people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text, a number or an id, as it is.
    Plain,
    /// An instant in microseconds.
    Time,
}

/// How the rows of one person are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rows {
    /// There are none: the table is about nobody, or about nobody in particular.
    OfNobody,
    /// This column holds the account's id. The table belongs to no organisation.
    OfUser(&'static str),
    /// The same in a table of an organisation.
    OfMember(&'static str),
    /// This column holds the folded e-mail address of the person.
    OfAddress(&'static str),
    /// The one column holds the account's id where there was one, the other the folded address.
    OfUserOrAddress(&'static str, &'static str),
    /// This column holds the id of a rights request in the same organisation, and the request has the account's id.
    OfRequest(&'static str),
    /// The rows are an organisation's case data. Persons with an account show in them as authors only.
    OfOrganisation,
}

/// What a retention rule does once its time has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Deletes the rows.
    Delete,
    /// Deletes the rows, whose time is counted from a day (`YYYY-MM-DD`) and not from a moment.
    DeleteByDay,
    /// Deletes the rows, and the key that sealed what the audit record holds about the thing with the id in this column.
    DeleteAndShred(&'static str),
    /// The same with the rows of those tables that hang on it: each names it in `request_id`, what refers first.
    DeleteWithParts(&'static str, &'static [&'static str]),
    /// Shortens an internet address in this column to its network: /24 or /48.
    Shorten(&'static str),
    /// Empties this column.
    Empty(&'static str),
}

/// A rule that the daily run carries out by itself.
#[derive(Clone, Copy, Debug)]
pub struct Sweep {
    /// Its name, such as `sessions.rows`.
    pub id: &'static str,
    /// What it does to what, as a sentence.
    pub says: &'static str,
    /// Since when its days are counted: a column or an expression of columns, the same on both engines.
    pub since: &'static str,
    /// How many days later it acts.
    pub days: i64,
    /// What it does.
    pub act: Act,
}

impl Sweep {
    /// How long it waits, for people. Where the rows have a time of their own, the table's sentence begins with it.
    pub fn period(&self, table: &Table) -> String {
        match self.days {
            0 => table.keep.split([',', '.', ':', ';']).next().unwrap_or_default().to_lowercase(),
            1 => "1 day".to_owned(),
            365..=366 => "1 year".to_owned(),
            758..=762 => "25 months".to_owned(),
            1_095..=1_098 => "3 years".to_owned(),
            days => format!("{days} days"),
        }
    }
}

/// A column.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its name in the schema.
    pub name: &'static str,
    /// What people call it.
    pub label: &'static str,
    /// How its values read.
    pub kind: Kind,
    /// Whether it holds the id of the person who made the row or acted in it, other than the row's own person.
    pub author: bool,
    /// What its values look like, where not any text will do; `{}` is where a person's own text stands.
    pub like: &'static str,
    subject: Option<Subject>,
    category: Option<Category>,
    purpose: Option<Purpose>,
    access: Option<Access>,
    erasure: Option<Erasure>,
}

/// A table, with what holds for its columns unless they say otherwise.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    /// Its name in the schema.
    pub name: &'static str,
    /// What its rows are, in the plural.
    pub about: &'static str,
    /// How long they are kept, as a sentence for people.
    pub keep: &'static str,
    /// How the rows of a person are found.
    pub rows: Rows,
    /// Whether every row belongs to one organisation and lies behind row-level security.
    pub tenant: bool,
    /// What the daily run does.
    pub sweeps: &'static [Sweep],
    /// Its columns, in the schema's order.
    pub columns: &'static [Column],
    /// The cases to which a row belongs, each as an expression: a hold that covers all of them covers the row.
    pub cases: &'static [&'static str],
    /// When a row has to stay, since something that is kept refers to it: a condition.
    pub needed: Option<&'static str>,
    subject: Subject,
    category: Category,
    purpose: Purpose,
    erasure: Erasure,
}

/// All that is known of one column, defaults filled in.
#[derive(Clone, Copy, Debug)]
pub struct Facts {
    /// Its table.
    pub table: &'static Table,
    /// The column.
    pub column: &'static Column,
    /// Whose data.
    pub subject: Subject,
    /// What kind.
    pub category: Category,
    /// What for.
    pub purpose: Purpose,
    /// On which basis.
    pub basis: Basis,
    /// Whether the person gets it.
    pub access: Access,
    /// Whether they may take it elsewhere: what they gave us themselves, under contract or consent.
    pub portable: bool,
    /// What erasure does.
    pub erasure: Erasure,
}

impl Table {
    /// A table about nobody, until more is said.
    pub const fn of(name: &'static str, about: &'static str) -> Self {
        Self {
            name,
            about,
            keep: "",
            rows: Rows::OfNobody,
            tenant: false,
            sweeps: &[],
            columns: &[],
            cases: &[],
            needed: None,
            subject: Subject::Nobody,
            category: Category::Technical,
            purpose: Purpose::Operate,
            erasure: Erasure::Untouched,
        }
    }

    /// Whose rows these are, and how a person's are found.
    pub const fn whose(mut self, subject: Subject, rows: Rows) -> Self {
        self.subject = subject;
        self.rows = rows;
        self.tenant = matches!(rows, Rows::OfMember(_) | Rows::OfRequest(_) | Rows::OfOrganisation);
        self
    }

    /// What kind of data, and what for.
    pub const fn what(mut self, category: Category, purpose: Purpose) -> Self {
        self.category = category;
        self.purpose = purpose;
        self
    }

    /// What erasing a person does to their rows.
    pub const fn erase(mut self, erasure: Erasure) -> Self {
        self.erasure = erasure;
        self
    }

    /// How long rows are kept, for people, and the rules that see to it.
    pub const fn keep(mut self, sentence: &'static str, sweeps: &'static [Sweep]) -> Self {
        self.keep = sentence;
        self.sweeps = sweeps;
        self
    }

    /// The columns.
    pub const fn columns(mut self, columns: &'static [Column]) -> Self {
        self.columns = columns;
        self
    }

    /// A table of an organisation, whosever its rows are.
    pub const fn tenant(mut self) -> Self {
        self.tenant = true;
        self
    }

    /// To which cases a row belongs.
    pub const fn of_cases(mut self, cases: &'static [&'static str]) -> Self {
        self.cases = cases;
        self
    }

    /// When a row has to stay.
    pub const fn needed_while(mut self, condition: &'static str) -> Self {
        self.needed = Some(condition);
        self
    }

    /// Whether its rows are an organisation's and go with it. A sign-in is its person's; it only loses the organisation.
    pub fn belongs_to_organisations(&self) -> bool {
        self.name != "sessions" && self.columns.iter().any(|column| column.name == "org_id")
    }

    /// All that is known of one of its columns.
    pub fn facts(&'static self, column: &'static Column) -> Facts {
        let subject = column.subject.unwrap_or(self.subject);
        let purpose = column.purpose.unwrap_or(self.purpose);
        let category = column.category.unwrap_or(self.category);
        let basis = if subject == Subject::Nobody { Basis::None } else { purpose.basis() };
        let access = column.access.unwrap_or(match subject {
            Subject::Nobody => Access::No("It says nothing about a person."),
            Subject::Organisation => Access::No("It belongs to the organisation, which decides about it."),
            Subject::User | Subject::Member | Subject::Requester | Subject::Visitor => Access::Yes,
        });
        let given = matches!(category, Category::Identity | Category::Preferences | Category::Consent | Category::Membership)
            || matches!(category, Category::Correspondence | Category::CaseContent | Category::Requests);
        let portable = access == Access::Yes && given && matches!(basis, Basis::Contract | Basis::Consent);
        let erasure = column.erasure.unwrap_or(if subject == Subject::Nobody && self.erasure != Erasure::Row {
            Erasure::Untouched
        } else {
            self.erasure
        });
        Facts { table: self, column, subject, category, purpose, basis, access, portable, erasure }
    }

    /// Every column with all that is known of it.
    pub fn all(&'static self) -> impl Iterator<Item = Facts> {
        self.columns.iter().map(|column| self.facts(column))
    }
}

impl Facts {
    /// Whether it tells of a person.
    pub fn personal(&self) -> bool {
        self.subject != Subject::Nobody
    }
}

impl Column {
    /// A plain value, as the table has it.
    pub const fn of(name: &'static str, label: &'static str) -> Self {
        Self {
            name,
            label,
            kind: Kind::Plain,
            author: false,
            like: "{}",
            subject: None,
            category: None,
            purpose: None,
            access: None,
            erasure: None,
        }
    }

    /// Its values come from a list or have a form.
    pub const fn like(mut self, example: &'static str) -> Self {
        self.like = example;
        self
    }

    /// Of another kind than its table.
    pub const fn what(mut self, category: Category) -> Self {
        self.category = Some(category);
        self
    }

    /// For another purpose than its table.
    pub const fn why(mut self, purpose: Purpose) -> Self {
        self.purpose = Some(purpose);
        self
    }

    /// Somebody else's than its table.
    pub const fn whose(mut self, subject: Subject) -> Self {
        self.subject = Some(subject);
        self
    }

    /// Not in the copy that a person gets.
    pub const fn withheld(mut self, reason: &'static str) -> Self {
        self.access = Some(Access::No(reason));
        self
    }

    /// Erased in its own way.
    pub const fn erase(mut self, erasure: Erasure) -> Self {
        self.erasure = Some(erasure);
        self
    }
}

/// A key or a number that says nothing about a person.
pub const fn fact(name: &'static str, label: &'static str) -> Column {
    Column::of(name, label).what(Category::Technical).whose(Subject::Nobody)
}

/// A value about the table's person.
pub const fn value(name: &'static str, label: &'static str) -> Column {
    Column::of(name, label)
}

/// When something happened to or was done by the table's person.
pub const fn time(name: &'static str, label: &'static str) -> Column {
    let mut column = Column::of(name, label);
    column.kind = Kind::Time;
    column
}

/// When something happened that says nothing about a person.
pub const fn moment(name: &'static str, label: &'static str) -> Column {
    let mut column = fact(name, label);
    column.kind = Kind::Time;
    column
}

/// A secret, of which only a hash or a sealed form is kept.
pub const fn secret(name: &'static str, label: &'static str) -> Column {
    Column::of(name, label).what(Category::Credentials).withheld("It is a secret, of which only a hash or a sealed form is kept.")
}

/// The account that made the row or acted in it. Erasing the person leaves the id, whose name is then a tombstone.
pub const fn author(name: &'static str, label: &'static str) -> Column {
    let mut column = Column::of(name, label)
        .whose(Subject::Member)
        .what(Category::Activity)
        .why(Purpose::Evidence)
        .erase(Erasure::Keep("The id stays, so that work keeps its one author; the name behind it is gone."));
    column.author = true;
    column
}
