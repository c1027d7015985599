//! How long things are kept: the rules of the registry, carried out.
//!
//! Once a day, on any of the processes, each rule deletes, shortens or empties what its time has come for, accounts and
//! organisations are erased whose thirty days have passed, and what was removed is noted in numbers. The run can be
//! repeated at any moment: it only ever looks at what is there. What a legal hold covers stays, and nothing else does.

pub(in crate::privacy) mod cover;
mod forecast;
mod holds;
mod inside;
mod kept_holds;
mod page;
mod run;
mod sweep;

pub use forecast::{Line, forecast};
pub(in crate::privacy) use holds::remove_holds;
pub use holds::{
    Hold, NewHold, Placed, Released, SECOND_DAYS, Scope as HoldScope, held_account, held_around, held_organisation, hold_on_account,
    hold_on_organisation, in_force, keep_still, place, release,
};
pub(in crate::privacy) use inside::{HeldBy, HeldInside, held_inside};
pub(in crate::privacy) use kept_holds::{release_again, restore_holds};
pub use page::{ForecastPage, RetentionPage};
pub use run::{Removed, last_runs, run_daily, run_job};

#[cfg(test)]
mod tests;
