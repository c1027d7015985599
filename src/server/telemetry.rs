//! Logs: one line an event, structured, without bodies, query strings or personal content.

use tracing_subscriber::{EnvFilter, fmt, prelude::*};

/// Starts logging to standard error; JSON where standard error is no terminal.
pub fn start() {
    let filter = EnvFilter::try_from_env("RUST_LOG").unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn,hyper=warn"));
    let registry = tracing_subscriber::registry().with(filter);
    if std::io::IsTerminal::is_terminal(&std::io::stderr()) {
        registry.with(fmt::layer().with_writer(std::io::stderr).with_target(false)).init();
    } else {
        // Where the log goes may be full as well: complaining there would be a panic in the middle of a request.
        let lines = fmt::layer().json().log_internal_errors(false).flatten_event(true).with_writer(std::io::stderr);
        registry.with(lines).init();
    }
}
