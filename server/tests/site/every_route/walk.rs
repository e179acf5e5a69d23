//! Asking, and what holds for every answer to whatever was asked.

use std::collections::BTreeMap;

use chrono::DateTime;
use domain::policy::Role;
use reqwest::Method;
use serde_json::Value;
use services::Services;

use super::operation::Operation;
use super::world::World;
use crate::support::*;

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Nobody in particular.
    Nobody,
    /// Somebody with a token that was never given out.
    Stranger,
    /// Somebody who may look at what is shared with its teams and no more.
    Previewer,
    /// Somebody with every right.
    Root,
}

/// What is sent beside method and address.
#[derive(Clone, Debug, Default)]
pub struct Sent {
    /// The method, where it is not the operation's.
    pub method: Option<&'static str>,
    pub headers: Vec<(&'static str, String)>,
    pub body: Option<Vec<u8>>,
}

impl Sent {
    /// Nothing but another method than the operation's.
    pub fn by(method: &'static str) -> Self {
        Self { method: Some(method), ..Self::default() }
    }

    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub fn body(self, kind: &str, body: impl Into<Vec<u8>>) -> Self {
        Self { body: Some(body.into()), ..self.header("content-type", kind) }
    }
}

/// One walk through all operations, and what it found.
pub struct Walk {
    pub world: World,
    /// Rule, operation, and what is wrong.
    pub wrong: Vec<(&'static str, String, String)>,
    callers: [Caller; 4],
    services: Services,
    operations: Vec<Operation>,
    times: BTreeMap<&'static str, usize>,
    asked: u128,
}

impl Walk {
    pub async fn new(site: &Site, world: World, operations: Vec<Operation>) -> Self {
        let stranger = site.bearer("cat_never-given-out".to_owned());
        let previewer = site.service("previewer", &[Role::Previewer]).await;
        let callers = [site.public(), stranger, previewer, site.environment()];
        let services = site.services.clone();
        Self { world, wrong: Vec::new(), callers, services, operations, times: BTreeMap::new(), asked: 0 }
    }

    pub fn operations(&self) -> Vec<Operation> {
        self.operations.clone()
    }

    /// Counts that a rule was looked at.
    pub fn count(&mut self, rule: &'static str) {
        *self.times.entry(rule).or_default() += 1;
    }

    pub fn times(&self, rule: &str) -> usize {
        self.times.get(rule).copied().unwrap_or_default()
    }

    /// Notes what is wrong, unless it holds.
    pub fn hold(&mut self, holds: bool, rule: &'static str, operation: &Operation, what: impl FnOnce() -> String) {
        if !holds {
            self.wrong.push((rule, operation.id(), what()));
        }
    }

    /// Notes what is wrong, unless the answer has this status.
    pub fn expect(&mut self, status: u16, rule: &'static str, operation: &Operation, what: &str, answer: &Answer) {
        let got = answer.status.as_u16();
        self.hold(got == status, rule, operation, || format!("{what}: {status} expected, got {got} {}", answer.text));
    }

    /// How many records the audit trail holds.
    pub async fn records(&self) -> i64 {
        persistence::events::newest(self.services.db.pool()).await.unwrap()
    }

    /// Asks an operation, and looks at what every answer owes.
    pub async fn ask(
        &mut self,
        rule: &'static str,
        who: Who,
        operation: &Operation,
        address: &str,
        sent: Sent,
    ) -> Answer {
        let method: Method = sent.method.unwrap_or(&operation.method).parse().unwrap();
        let (answer, trace) = self.send(who, operation, address, sent).await;
        for what in amiss(who, &method, operation, &trace, &answer) {
            let what = format!("{method} {address} by {who:?}: {what}; {} {}", answer.status, answer.text);
            self.wrong.push((rule, operation.id(), what));
        }
        answer
    }

    /// Asks an operation; the answer and the id of the trace.
    pub async fn send(&mut self, who: Who, operation: &Operation, address: &str, sent: Sent) -> (Answer, String) {
        self.asked += 1;
        let trace = format!("{:032x}", 0x0af7_6519_16cd_43dd_0000_0000_0000_0000_u128 + self.asked);
        let caller = &self.callers[who as usize];
        let method: Method = sent.method.unwrap_or(&operation.method).parse().unwrap();
        let mut request =
            caller.request(method, address).header("traceparent", format!("00-{trace}-b7ad6b7169203331-01"));
        if operation.takes_subscription_token() && matches!(who, Who::Previewer | Who::Root) {
            request = request.header("subscription-token", self.world.subscription_token());
        }
        if operation.is_resumable_upload() {
            let metadata = crate::uploads::metadata_of("gdp-monthly", "annual", "more.zip", "1");
            request =
                request.header("tus-resumable", "1.0.0").header("upload-length", "100").header("upload-offset", "0");
            request = request.header("upload-metadata", metadata);
        }
        for (name, value) in sent.headers {
            request = request.header(name, value);
        }
        if let Some(body) = sent.body {
            request = request.body(body);
        }
        (caller.send(request).await, trace)
    }
}

/// What every answer owes, whatever it says.
fn amiss(who: Who, method: &Method, operation: &Operation, trace: &str, answer: &Answer) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut must = |holds: bool, what: &str| {
        if !holds {
            wrong.push(what.to_owned());
        }
    };
    let status = answer.status.as_u16();
    must(answer.header("x-request-id") == trace, "X-Request-Id is not the trace's id");
    let parent = answer.header("traceparent");
    must(
        parent.starts_with(&format!("00-{trace}-")) && !parent.contains("b7ad6b7169203331"),
        "traceparent does not go on",
    );
    let kept = answer.header("cache-control");
    let private = !operation.is_public() || who == Who::Previewer || who == Who::Root;
    if private && !operation.is_health() && status != 405 {
        must(kept.contains("no-store"), "Cache-Control lets something private be kept");
    }
    if !operation.is_health() && who == Who::Nobody && matches!(status, 200 | 304) {
        must(kept.starts_with("public"), "Cache-Control keeps from all what is public");
    }
    must(operation.is_health() || !lets_caches_answer(&kept), "a cache may answer in our place");
    must(status < 500, "it is our fault");
    must(
        status == 405 || *method == Method::OPTIONS || operation.describes(status),
        "no answer of this status is described",
    );
    if status >= 400 && *method != Method::HEAD {
        envelope(status, answer, trace, must);
    }
    wrong
}

/// What every refusal owes.
fn envelope(status: u16, answer: &Answer, trace: &str, mut must: impl FnMut(bool, &str)) {
    must(answer.header("content-type").starts_with("application/json"), "the refusal is not JSON");
    let body: Value = serde_json::from_str(&answer.text).unwrap_or_default();
    let error = &body["error"];
    let codes: &[&str] = match status {
        400 | 422 => &["VALIDATION_ERROR"],
        401 => &["UNAUTHORIZED"],
        403 => &["FORBIDDEN"],
        404 => &["NOT_FOUND"],
        405 => &["METHOD_NOT_ALLOWED"],
        406 => &["NOT_ACCEPTABLE"],
        409 => &["CONFLICT", "INVALID_STATE_TRANSITION", "FOUR_EYES_REQUIRED"],
        412 => &["PRECONDITION_FAILED"],
        413 => &["PAYLOAD_TOO_LARGE"],
        415 => &["UNSUPPORTED_MEDIA_TYPE"],
        428 => &["PRECONDITION_REQUIRED"],
        _ => &[],
    };
    must(error["code"].as_str().is_some_and(|code| codes.contains(&code)), "the code is not that of the status");
    must(error["message"].as_str().is_some_and(|text| text.len() > 8), "there is no message");
    let details = &error["details"];
    let at = details["timestamp"].as_str().unwrap_or_default();
    must(at.ends_with('Z') && DateTime::parse_from_rfc3339(at).is_ok(), "details.timestamp is no time in UTC");
    must(details["trace_id"] == trace, "details.trace_id is not the request's");
    let fields = details["fields"].as_array();
    must(!matches!(status, 400 | 422) || fields.is_some_and(|fields| !fields.is_empty()), "no field is named");
}
