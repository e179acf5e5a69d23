//! Entry point of the browser's side: hydrates the islands, nothing else.
#![cfg(target_family = "wasm")]

use wasm_bindgen::prelude::wasm_bindgen;

/// Called by the page's loader once the module is there.
#[wasm_bindgen]
pub fn hydrate() {
    // Linking the crate brings its islands along.
    app::islands::link();
    leptos::mount::hydrate_islands();
}
