//! How a file for `casetrakr import` is written, where somebody has to say it.

use clap::{Args, ValueEnum};

use crate::{
    import::{Answers, Wanted},
    locale::{Mark, Order},
};

/// What the file does not tell of itself, or tells wrong.
#[derive(Args)]
pub(super) struct WrittenOptions {
    /// What separates the columns: one sign, or the word tab. Without it, the file tells.
    #[arg(long)]
    delimiter: Option<String>,
    /// The line of the headings; the first is 1. Without it they are looked for.
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    heading_line: Option<u64>,
    /// Which comes first in dates such as 05/01/2026, where the column does not tell.
    #[arg(long)]
    dates: Option<First>,
    /// What stands before the decimals of numbers such as 1,234, where the file does not tell.
    #[arg(long)]
    decimal: Option<Before>,
    /// Numbers such as 46027 where a date should be are days as spreadsheets count them.
    #[arg(long)]
    serial_days: bool,
    /// Dates in the far future, such as 9999-12-31, stand for no date.
    #[arg(long)]
    beyond_is_none: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum First {
    DayFirst,
    MonthFirst,
}

#[derive(Clone, Copy, ValueEnum)]
enum Before {
    Point,
    Comma,
}

impl WrittenOptions {
    /// The same for the import.
    pub(super) fn read(&self) -> Result<(Wanted, Answers), String> {
        let delimiter = self.delimiter.as_deref().map(crate::import::delimiter).transpose();
        let delimiter = delimiter.map_err(|cure| format!("--delimiter: {cure}"))?;
        let answers = Answers {
            date_order: self.dates.map(|first| match first {
                First::DayFirst => Order::DayFirst,
                First::MonthFirst => Order::MonthFirst,
            }),
            decimal: self.decimal.map(|before| match before {
                Before::Point => Mark::Point,
                Before::Comma => Mark::Comma,
            }),
            serial_days: self.serial_days,
            beyond_is_none: self.beyond_is_none,
        };
        Ok((Wanted { delimiter, heading_line: self.heading_line }, answers))
    }
}
