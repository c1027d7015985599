//! Accounts over HTTP, on both engines.
