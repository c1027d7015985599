//! The machine room: configuration, database, HTTP, background work.

pub mod config;
pub mod csv;
pub mod db;
pub mod form_key;
pub mod http;
mod job_notifier;
pub mod jobs;
pub mod kept;
pub mod mail;
pub mod queue;
pub mod secret;
pub mod state;
pub mod telemetry;
pub mod time;
pub mod visit;

#[cfg(test)]
pub mod testing;
