//! Addresses that readers make by taking the end off another: no page stands there, and they lead to the list of what was taken off.

use axum::Router;
use axum::http::Uri;
use axum::response::Redirect;
use axum::routing::get;

use crate::state::AppState;

/// Every such address, in both languages.
pub fn trimmed() -> Router<AppState> {
    let mut router = Router::new();
    for language in ["", "/cy"] {
        for end in ["", "/"] {
            router = router
                .route(&format!("{language}/catalogue/{{id}}/editions{end}"), get(to_the_list))
                .route(&format!("{language}/catalogue/{{id}}/editions/{{edition}}/versions{end}"), get(to_the_list));
        }
    }
    router
}

/// Leads to the list of versions and editions on the page one step up, whether that is there or not: what is hidden is as what is
/// missing.
async fn to_the_list(uri: Uri) -> Redirect {
    let path = uri.path().trim_end_matches('/');
    let page = path.rsplit_once('/').map_or(path, |(page, _)| page);
    Redirect::permanent(&format!("{page}#versions"))
}
