//! Logs: one line an event, structured, without bodies, query strings or personal content.

use tracing::Metadata;
use tracing_subscriber::{EnvFilter, filter::filter_fn, fmt, prelude::*};

/// Starts logging to standard error; JSON where standard error is no terminal. What `may` not be logged is not, whoever
/// says it: this program or a library in it.
pub fn start(may: fn(&Metadata<'_>) -> bool) {
    let filter = EnvFilter::try_from_env("RUST_LOG").unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn,hyper=warn"));
    let registry = tracing_subscriber::registry().with(filter).with(filter_fn(may));
    if std::io::IsTerminal::is_terminal(&std::io::stderr()) {
        registry.with(fmt::layer().with_writer(std::io::stderr).with_target(false)).init();
    } else {
        // Where the log goes may be full as well: complaining there would be a panic in the middle of a request.
        let lines = fmt::layer().json().log_internal_errors(false).flatten_event(true).with_writer(std::io::stderr);
        registry.with(lines).init();
    }
}
