//! What operations share: the errors with an example each, headers, parameters, and the ways to say who one is.

use serde_json::{Map, Value, json};

/// An error that operations answer: its name among the components, status, code, description and an example's sentence.
struct Error {
    name: &'static str,
    status: u16,
    code: &'static str,
    about: &'static str,
    message: &'static str,
}

const fn error(
    name: &'static str,
    status: u16,
    code: &'static str,
    about: &'static str,
    message: &'static str,
) -> Error {
    Error { name, status, code, about, message }
}

const ERRORS: [Error; 15] = [
    error(
        "BadRequest",
        400,
        "VALIDATION_ERROR",
        "The request cannot be read: broken JSON, a wrong type, an unknown field or parameter. Every problem is listed.",
        "The request could not be read.",
    ),
    error(
        "Unauthorized",
        401,
        "UNAUTHORIZED",
        "Nobody is named, or the token or session is not valid.",
        "Sign in to do this.",
    ),
    error(
        "Forbidden",
        403,
        "FORBIDDEN",
        "The caller may see it but lacks the permission that is named; or the session is of somebody who has to set a second factor \
         up first (`SECOND_FACTOR_REQUIRED`).",
        "You need the permission datasets:write to do this.",
    ),
    error("NotFound", 404, "NOT_FOUND", "It does not exist, or the caller may not know that it does.", "Not found."),
    error(
        "NotAcceptable",
        406,
        "NOT_ACCEPTABLE",
        "There is no answer of a type in `Accept`.",
        "There is no answer of the type asked for.",
    ),
    error(
        "Conflict",
        409,
        "INVALID_STATE_TRANSITION",
        "The present state does not allow this (`INVALID_STATE_TRANSITION`), something stands in the way (`CONFLICT`, with every \
         reason), somebody else has to do it (`FOUR_EYES_REQUIRED`), or the `Idempotency-Key` was used for another request.",
        "Cannot schedule the bundle while the state is created; it can be done from: approved, scheduled.",
    ),
    error(
        "PreconditionFailed",
        412,
        "PRECONDITION_FAILED",
        "It was changed since the revision in `If-Match`.",
        "Somebody else changed this while you were working on it. Look at the current state and try again.",
    ),
    error(
        "PayloadTooLarge",
        413,
        "PAYLOAD_TOO_LARGE",
        "The body is larger than allowed.",
        "This is larger than the 1048576 bytes allowed.",
    ),
    error(
        "UnsupportedMediaType",
        415,
        "UNSUPPORTED_MEDIA_TYPE",
        "The body is of another type than described.",
        "Send JSON with Content-Type: application/json.",
    ),
    error(
        "Invalid",
        422,
        "VALIDATION_ERROR",
        "The request was read and breaks a rule. Every problem is listed.",
        "title: This is needed.",
    ),
    error(
        "PreconditionRequired",
        428,
        "PRECONDITION_REQUIRED",
        "`If-Match` is missing.",
        "Say which revision you are changing, with If-Match.",
    ),
    error(
        "RateLimited",
        429,
        "RATE_LIMITED",
        "Too many requests; `Retry-After` says how long to wait.",
        "Too many requests. Wait and try again.",
    ),
    error(
        "InternalError",
        500,
        "INTERNAL_ERROR",
        "Something went wrong on this side; it has been noted under the request's id.",
        "Something went wrong on our side. It has been noted.",
    ),
    error(
        "Unavailable",
        503,
        "DEPENDENCY_UNAVAILABLE",
        "Something that this needs, such as the database, cannot be reached now; or the office refuses every change for a while \
         (`MAINTENANCE`), and `Retry-After` says when to try again.",
        "Something that this needs cannot be reached now.",
    ),
    error(
        "Timeout",
        504,
        "TIMEOUT",
        "This took too long. What was sent may have taken effect, so read what is there. With an `Idempotency-Key` the work goes on after \
         this answer: send the same request again to hear how it ended.",
        "This took too long. Try again.",
    ),
];

/// The name of the response for an error's status.
pub(super) fn error_name(status: u16) -> Option<&'static str> {
    ERRORS.iter().find(|error| error.status == status).map(|error| error.name)
}

/// All shared components but the schemas.
pub(super) fn components() -> Value {
    let mut responses: Map<String, Value> =
        ERRORS.iter().map(|error| (error.name.to_owned(), response(error))).collect();
    responses.insert(
        "NotModified".to_owned(),
        json!({
            "description": "The caller has it already.",
            "headers": {"ETag": header("ETag"), "X-Request-Id": header("RequestId")},
        }),
    );
    json!({
        "responses": responses,
        "headers": headers(),
        "parameters": parameters(),
        "securitySchemes": security_schemes(),
    })
}

fn response(error: &Error) -> Value {
    let mut details = json!({"timestamp": "2025-11-05T14:30:00Z", "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736"});
    if matches!(error.status, 400 | 422) {
        let (field, code, message) = if error.status == 400 {
            ("colour", "unknown_parameter", "There is no such parameter here.")
        } else {
            ("title", "required", "This is needed.")
        };
        details["fields"] = json!([{"field": field, "code": code, "message": message}]);
    }
    let mut answer = json!({
        "description": error.about,
        "headers": {"X-Request-Id": header("RequestId")},
        "content": {"application/json": {
            "schema": {"$ref": "#/components/schemas/ErrorEnvelope"},
            "example": {"error": {"code": error.code, "message": error.message, "details": details}},
        }},
    });
    if matches!(error.status, 429 | 503) {
        answer["headers"]["Retry-After"] = header("RetryAfter");
    }
    if error.status == 429 {
        answer["headers"]["RateLimit"] = header("RateLimit");
        answer["headers"]["RateLimit-Policy"] = header("RateLimitPolicy");
    }
    if error.status == 401 {
        answer["headers"]["WWW-Authenticate"] = header("WwwAuthenticate");
    }
    answer
}

/// A reference to a shared header.
pub(super) fn header(name: &str) -> Value {
    json!({"$ref": format!("#/components/headers/{name}")})
}

fn headers() -> Value {
    json!({
        "ETag": {
            "description": "What this answer is known by; send it back in `If-None-Match` or `If-Match`.",
            "schema": {"type": "string"}, "example": "\"r7-5d41402abc4b2a76b9719d911017c592\"",
        },
        "Location": {
            "description": "The address of what was made, or where to look how it goes.",
            "schema": {"type": "string", "format": "uri-reference"}, "example": "/v1/datasets/gdp-monthly",
        },
        "RequestId": {
            "description": "The request's id, as it stands in errors and logs.",
            "schema": {"type": "string"}, "example": "4bf92f3577b34da6a3ce929d0e0e4736",
        },
        "RateLimit": {
            "description": "How many requests are left, and after how many seconds there are more.",
            "schema": {"type": "string"}, "example": "\"default\";r=598;t=1",
        },
        "RateLimitPolicy": {
            "description": "How many requests are allowed, in how many seconds.",
            "schema": {"type": "string"}, "example": "\"default\";q=600;w=60",
        },
        "RetryAfter": {
            "description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 0}, "example": 5,
        },
        "WwwAuthenticate": {
            "description": "How to say who one is.", "schema": {"type": "string"}, "example": "Bearer realm=\"catalogue\"",
        },
    })
}

fn parameters() -> Value {
    let if_match = |about: &str, required: bool| {
        json!({
            "name": "If-Match", "in": "header", "required": required, "description": about,
            "schema": {"type": "string"}, "example": "\"r7-5d41402abc4b2a76b9719d911017c592\"",
        })
    };
    json!({
        "IfMatch": if_match("The entity tag of what is changed, as it was read; `*` means whatever is there.", true),
        "IfMatchOptional": if_match("The entity tag of what is changed, where it should be refused if somebody else was faster.", false),
        "IfNoneMatch": {
            "name": "If-None-Match", "in": "header", "required": false, "description": "The entity tag of what the caller has already.",
            "schema": {"type": "string"}, "example": "\"5d41402abc4b2a76b9719d911017c592\"",
        },
        "IdempotencyKey": {
            "name": "Idempotency-Key", "in": "header", "required": false,
            "description": "A word of the caller's own for this request: sent again with the same body it gets the same answer, and nothing \
                            happens twice.",
            "schema": {"type": "string", "maxLength": 255, "pattern": "^[!-~]([ -~]*[!-~])?$"}, "example": "0198f3b0-5c1e-7d3a-9b1e-2f6d0c4a7e51",
        },
    })
}

fn security_schemes() -> Value {
    json!({
        "bearer": {
            "type": "http", "scheme": "bearer",
            "description": "A service token (`cat_…`), or a JSON Web Token of the sign-in service. The words listed with an operation are \
                            the permissions it needs.",
        },
        "session": {
            "type": "apiKey", "in": "cookie", "name": "catalogue_session",
            "description": "The session of somebody who has signed in on the site.",
        },
        "filter": {
            "type": "apiKey", "in": "header", "name": "Filter-Secret",
            "description": "The secret of a saved filter, from the answer that made it. Whoever made it with an account needs none.",
        },
        "subscription": {
            "type": "apiKey", "in": "header", "name": "Subscription-Token",
            "description": "The token of a subscription, from the answer that made or confirmed it, or from any of its letters.",
        },
    })
}

#[cfg(test)]
mod tests {
    use super::components;

    #[test]
    fn who_waited_too_long_is_not_told_that_nothing_was_changed() {
        let components = components();
        let told = components["responses"]["Timeout"]["description"].as_str().unwrap();
        assert!(told.contains("may have taken effect") && told.contains("`Idempotency-Key`"), "{told}");
    }
}
