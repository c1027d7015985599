//! What the person at the terminal reads.

use std::process::ExitCode;

/// One line for the person at the terminal.
#[expect(clippy::print_stdout, reason = "this is the command line's own output")]
pub(super) fn print(line: &str) {
    println!("{line}");
}

pub(super) fn fail(line: &str) -> ExitCode {
    warn(line);
    ExitCode::FAILURE
}

/// One line that is no part of what was asked for.
#[expect(clippy::print_stderr, reason = "this is the command line's own output")]
pub(super) fn warn(line: &str) {
    eprintln!("casetrakr: {line}");
}
