//! CaseTrakr: case management whose privacy policy is executable.
//!
//! One library, compiled twice: to WASM for the browser (`hydrate`) and natively for the server (`ssr`). A request
//! reads top to bottom: [`app`] (the routes) → a feature's page → its `api` → its `store` → `migrations`.
//!
//! Machinery, to be read once: [`fault`] (the only error that crosses the wire), [`ids`], [`clock`], [`form`] (how forms and
//! addresses write what was typed), [`ui`] (the design system), `server` (configuration, database, HTTP, jobs). Features, each a folder to be read top to bottom:
//! [`accounts`], [`cases`], [`import`], [`audit`], [`settings`], [`privacy`].
#![recursion_limit = "512"]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test says what it expects with a panic"))]

#[cfg(all(feature = "ssr", feature = "hydrate"))]
compile_error!("`ssr` and `hydrate` are two programs; build one at a time");

pub mod accounts;
pub mod app;
pub mod audit;
pub mod cases;
pub mod clock;
pub mod count;
pub mod fault;
pub mod form;
pub mod ids;
pub mod import;
pub mod privacy;
#[cfg(feature = "ssr")]
pub mod server;
pub mod settings;
#[cfg(all(test, feature = "ssr"))]
mod tests;
pub mod ui;

/// The browser's entry: takes over the page that the server sent, and says on `<html>` when it has.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    use leptos::prelude::document;

    console_error_panic_hook::set_once();
    let _ = any_spawner::Executor::init_wasm_bindgen();
    wasm_bindgen_futures::spawn_local(async {
        let Some(body) = document().body() else { return };
        leptos::mount::hydrate_from_async(body, app::App).await.forget();
        if let Some(root) = document().document_element() {
            let _ = root.set_attribute("data-hydrated", "");
        }
    });
}
