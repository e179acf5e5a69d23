//! `/developers/try`: a form of the reference, answered as the API would answer it.
//!
//! Browsers that open a JSON address are sent to its page, so the answer is given here, under the address it belongs to.

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::reference::Operation;
use services::Ctx;
use tower::ServiceExt;

use super::problem::Problem;
use super::v1::segment;
use super::{health_router, v1_router};
use crate::http::trace::RequestId;
use crate::state::AppState;

/// Answers the operation that the form names with the values that were filled in; only reads can be tried.
pub async fn attempt(State(state): State<AppState>, request: Request) -> Response {
    let pairs: Vec<(String, String)> =
        serde_urlencoded::from_str(request.uri().query().unwrap_or_default()).unwrap_or_default();
    let reference = state.document.reference();
    let operation = pairs.iter().find(|(name, _)| name == "operation").and_then(|(_, id)| reference.operation(id));
    let offered = |operation: &&Operation| {
        operation.method == "GET" && (operation.is_public || state.config.enable_private_endpoints)
    };
    let Some(address) = operation.filter(offered).map(|operation| address_of(operation, &pairs)) else {
        return missing(&request);
    };
    let Some(inner) = inner_request(&address, &request) else { return missing(&request) };
    let api = Router::new().nest("/v1", v1_router(&state)).nest("/v1", health_router()).with_state(state);
    let Ok(mut answer) = api.oneshot(inner).await;
    if let Ok(address) = HeaderValue::from_str(&address) {
        answer.headers_mut().insert(header::CONTENT_LOCATION, address);
    }
    answer
}

fn missing(request: &Request) -> Response {
    match request.extensions().get::<Ctx>() {
        Some(ctx) => Problem::new(ctx, Problem::of_status(StatusCode::NOT_FOUND)).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The address with what was filled in; what was left blank is left out.
fn address_of(operation: &Operation, pairs: &[(String, String)]) -> String {
    let filled =
        |name: &str| pairs.iter().find(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| value);
    let mut address = operation.path.clone();
    let mut query: Vec<(&str, &str)> = Vec::new();
    for parameter in &operation.parameters {
        match (parameter.place.as_str(), filled(&parameter.name)) {
            ("path", value) => {
                let value = value.map_or("-", String::as_str);
                address = address.replace(&format!("{{{}}}", parameter.name), &segment(value));
            }
            ("query", Some(value)) => query.push((&parameter.name, value)),
            _ => {}
        }
    }
    match serde_urlencoded::to_string(query) {
        Ok(query) if !query.is_empty() => format!("{address}?{query}"),
        _ => address,
    }
}

/// The request that a program would have sent, on behalf of the same caller.
fn inner_request(address: &str, outer: &Request) -> Option<Request> {
    let mut inner = Request::get(address).header(header::ACCEPT, "*/*").body(Body::empty()).ok()?;
    if let Some(ctx) = outer.extensions().get::<Ctx>() {
        inner.extensions_mut().insert(ctx.clone());
    }
    if let Some(id) = outer.extensions().get::<RequestId>() {
        inner.extensions_mut().insert(id.clone());
    }
    Some(inner)
}

#[cfg(test)]
mod tests {
    use domain::reference::Parameter;

    use super::*;

    #[test]
    fn what_was_filled_in_stands_escaped_in_the_address_and_blanks_do_not() {
        let parameter =
            |name: &str, place: &str| Parameter { name: name.into(), place: place.into(), ..Parameter::default() };
        let operation = Operation {
            path: "/v1/topics/{id}".into(),
            parameters: vec![parameter("id", "path"), parameter("q", "query"), parameter("limit", "query")],
            ..Operation::default()
        };
        let pairs = [("id", "a/b?"), ("q", "x&y"), ("limit", "")].map(|(k, v)| (k.to_owned(), v.to_owned()));
        assert_eq!(address_of(&operation, &pairs), "/v1/topics/a%2Fb%3F?q=x%26y");
    }
}
