//! Entry point of the browser's side: hydrates the islands, nothing else.
#![cfg(target_family = "wasm")]

use wasm_bindgen::prelude::wasm_bindgen;

/// Called by the page's loader once the module is there.
#[wasm_bindgen]
pub fn hydrate() {
    // What goes wrong in an island is thrown with its words; otherwise a browser would only know that it stopped.
    std::panic::set_hook(Box::new(|panic| wasm_bindgen::throw_str(&panic.to_string())));
    // Linking the crate brings its islands along.
    app::islands::link();
    leptos::mount::hydrate_islands();
}
