//! The route list, nothing else.

use leptos::prelude::*;
use leptos_router::components::{FlatRoutes, Route, Router};
use leptos_router::{SsrMode, path};

use crate::pages::{account, admin, public};

/// Every page by its address; pages are rendered whole before they are sent, so that the status is right.
#[component]
pub fn App() -> impl IntoView {
    view! {
        <Router>
            <FlatRoutes fallback=public::NotFound>
                <Route path=path!("/") view=public::Home ssr=SsrMode::Async/>
            </FlatRoutes>
        </Router>
    }
}
