//! Maintenance: while the office has switched it on, every change is refused, and reading goes on.

use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use domain::refusal::Refusal;
use rpc::Visit;

use super::places::Place;
use super::submitted::Submitted;
use super::trace::Planned;
use crate::api::problem::Problem;
use crate::pages;

/// Seconds after which it may be over.
const RETRY_AFTER: &str = "300";

/// What is answered all the same: signing in and one's own account, the switch itself, stopping every publication and having
/// them go on, reads that are sent like changes, and ending letters, which nobody is to be held to.
const GO_ON: [&str; 11] = [
    "/rpc/account/",
    "/rpc/office/",
    "/v1/settings/",
    "/rpc/operations/pause-queue",
    "/rpc/operations/resume-queue",
    "/v1/publish-queue/",
    "/publish-queue/",
    "/rpc/catalogue/",
    "/v1/policies/check",
    "/policies/check",
    "/rpc/subscriptions/end",
];

/// What is said of a change.
const REFUSED: &str = "Maintenance: nothing can be changed just now. Reading goes on; try again later.";

/// Refuses changes while maintenance is on: to programs with 503 in the envelope, to people as a page, and in the portal as any form is
/// refused, on its page and with what was typed.
pub async fn refuse_changes(request: Request, next: Next) -> Response {
    let is_on = request.extensions().get::<Visit>().is_some_and(|visit| visit.office.maintenance);
    if !is_on || goes_on(request.method(), request.uri().path()) {
        return next.run(request).await;
    }
    Planned::note(request.extensions());
    if let Some(page) = turned_back(&request) {
        return Redirect::to(&page).into_response();
    }
    let mut answer = if Place::of(request.uri().path()).is_api() {
        Problem::of(StatusCode::SERVICE_UNAVAILABLE, "MAINTENANCE", REFUSED).into_response()
    } else {
        pages::in_maintenance(&pages::Asked::of(&request))
    };
    answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER));
    answer
}

/// The page of a form of the portal, for which its refusal is left; nothing for whatever is not sent by a person signed in.
fn turned_back(request: &Request) -> Option<String> {
    let path = request.uri().path();
    let form = path.strip_prefix("/rpc/").filter(|_| Place::of(path) == Place::PrivateForm)?;
    // A file is not read only to be let go of; and scripts want to hear of it themselves.
    request.extensions().get::<Submitted>()?;
    let accepts = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok());
    accepts.filter(|accepted| accepted.contains("text/html"))?;
    let visit = request.extensions().get::<Visit>()?;
    visit.caller.as_ref()?;
    let page = rpc::request::sent_from(request.headers())?;
    rpc::form::leave_refused(visit, form, Refusal::blocked("maintenance", REFUSED));
    Some(page)
}

/// Whether a request is answered although changes are refused.
fn goes_on(method: &Method, path: &str) -> bool {
    let reads = matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS);
    let changes =
        matches!(Place::of(path), Place::PublicApi | Place::PrivateApi | Place::PublicForm | Place::PrivateForm);
    let ends_letters = *method == Method::DELETE && path.starts_with("/v1/subscriptions/");
    reads || !changes || ends_letters || GO_ON.iter().any(|beginning| path.starts_with(beginning))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_goes_on_and_changes_do_not() {
        for (method, path, expected) in [
            (Method::GET, "/v1/datasets", true),
            (Method::HEAD, "/datasets/a", true),
            (Method::POST, "/datasets", false),
            (Method::PUT, "/v1/bundles/a/approve", false),
            (Method::PATCH, "/v1/files/uploads/a", false),
            (Method::POST, "/rpc/bundles/approve", false),
            (Method::POST, "/rpc/feedback/give", false),
            (Method::POST, "/v1/subscriptions", false),
            (Method::DELETE, "/v1/subscriptions/a", true),
            (Method::POST, "/subscribe/manage", true),
            (Method::POST, "/rpc/account/sign-in", true),
            (Method::POST, "/rpc/office/set-maintenance", true),
            (Method::PUT, "/v1/settings/maintenance", true),
            (Method::POST, "/rpc/operations/pause-queue", true),
            (Method::POST, "/rpc/operations/run-now", false),
            (Method::POST, "/v1/publish-queue/pause", true),
            (Method::POST, "/publish-queue/resume", true),
            (Method::POST, "/rpc/catalogue/search", true),
            (Method::POST, "/v1/policies/check", true),
            (Method::POST, "/v1/policies", false),
        ] {
            assert_eq!(goes_on(&method, path), expected, "{method} {path}");
        }
    }
}
