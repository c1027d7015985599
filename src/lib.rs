//! CaseTrakr: case management whose privacy policy is executable.
//!
//! One library, compiled twice: to WASM for the browser (`hydrate`) and natively for the server (`ssr`). Pages are made
//! by the server; what has a state of its own in the browser is an island, and [`ui`]'s `live` makes going about quick. A
//! request reads top to bottom: [`app`] (the routes) → a feature's page → its `api` → its `store` → `migrations`.
//!
//! Machinery, to be read once: [`fault`] (the only error that crosses the wire), [`ids`], [`clock`], [`day`], [`form`] (how
//! forms and addresses write what was typed), [`names`] and `email` (what a name and an address are), [`locale`] (how numbers
//! and dates are written), [`ui`] (the design system), `server` (configuration, database, HTTP, jobs). Features, each a folder
//! to be read top to bottom:
//! [`accounts`], [`cases`], [`import`], [`audit`], [`settings`], [`privacy`]. `features` hangs them into the machine, and `command`
//! is the command line.
#![recursion_limit = "512"]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test says what it expects with a panic"))]

#[cfg(all(feature = "ssr", feature = "hydrate"))]
compile_error!("`ssr` and `hydrate` are two programs; build one at a time");

pub mod accounts;
#[cfg(feature = "ssr")]
pub mod app;
#[cfg(feature = "ssr")]
pub mod audit;
pub mod cases;
pub mod clock;
#[cfg(feature = "ssr")]
pub mod command;
pub mod count;
pub mod day;
#[cfg(feature = "ssr")]
pub mod email;
pub mod fault;
#[cfg(feature = "ssr")]
pub mod features;
#[cfg(feature = "ssr")]
pub mod form;
pub mod ids;
#[cfg(feature = "ssr")]
pub mod import;
pub mod locale;
pub mod names;
#[cfg(feature = "ssr")]
pub mod privacy;
#[cfg(feature = "ssr")]
pub mod server;
#[cfg(feature = "ssr")]
pub mod settings;
#[cfg(all(test, feature = "ssr"))]
mod tests;
pub mod ui;

/// The browser's entry: takes over the page that the server sent, and says on `<html>` when it has. `wake` calls the
/// function of an island.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn start(wake: js_sys::Function) {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_islands();
    cases::draft::watch();
    ui::live::start(wake);
    if let Some(root) = leptos::prelude::document().document_element() {
        let _ = root.set_attribute("data-hydrated", "");
    }
}
