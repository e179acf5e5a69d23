//! Whoever has to set a second factor up is led there first: in their session nothing else of the portal or the API is open.

use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use rpc::Visit;

use super::places::Place;
use crate::api::problem::Problem;
use crate::{faults, live};

/// Where it is set up.
const PAGE: &str = "/account";

/// What is to become of a request of somebody who has to set a second factor up first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// It is answered; without rights nothing hidden is told.
    On,
    /// It is sent to where the second factor is set up.
    There,
    /// It is refused.
    Nowhere,
}

/// Leads people to set up their second factor, and refuses their programs.
pub async fn first(request: Request, next: Next) -> Response {
    let owes = request.extensions().get::<Visit>().is_some_and(|visit| visit.owes_second_factor);
    match way_of(request.uri().path()) {
        Way::There if owes => Redirect::to(PAGE).into_response(),
        Way::Nowhere if owes => {
            let message = "Your role asks for a second factor. Set it up on your account page first.";
            Problem::of(StatusCode::FORBIDDEN, "SECOND_FACTOR_REQUIRED", message).into_response()
        }
        _ => next.run(request).await,
    }
}

fn way_of(path: &str) -> Way {
    let page = path.strip_prefix("/cy").unwrap_or(path);
    let own = page == PAGE || page.starts_with("/account/") || path.starts_with("/rpc/account/");
    match Place::of(path) {
        Place::PrivateApi => Way::Nowhere,
        // It is asked by an open page, which goes nowhere.
        Place::Portal if path == live::PATH || path == faults::PATH => Way::Nowhere,
        Place::Portal | Place::PrivateForm if !own => Way::There,
        _ => Way::On,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_way_to_the_second_factor_and_what_is_public_are_open() {
        for (path, way) in [
            ("/account", Way::On),
            ("/account/second-factor", Way::On),
            ("/rpc/account/begin-second-factor", Way::On),
            ("/rpc/account/sign-out", Way::On),
            ("/catalogue/gdp", Way::On),
            ("/v1/datasets", Way::On),
            ("/assets/desk.js", Way::On),
            ("/admin", Way::There),
            ("/cy/admin", Way::There),
            ("/ops/queue", Way::There),
            ("/rpc/bundles/approve", Way::There),
            ("/admin/events", Way::Nowhere),
            ("/admin/script-faults", Way::Nowhere),
            ("/bundles", Way::Nowhere),
            ("/v1/users/me", Way::Nowhere),
        ] {
            assert_eq!(way_of(path), way, "{path}");
        }
    }
}
