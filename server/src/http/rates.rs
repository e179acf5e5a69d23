//! How often one address, token or session may ask (ADR 14): counted in memory, told in `RateLimit` headers, and changed by an
//! operator while the program runs.

use std::fmt::Write;
use std::hash::{BuildHasher, Hash, RandomState};
use std::num::NonZeroU32;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::office::RateQuotas;
use domain::operations::LimitSight;
use domain::refusal::Refusal;
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use services::ctx::neighbourhood;
use services::{Clock, Ctx, Memory};
use tower_sessions::cookie::Cookie;
use tower_sessions::session::Id;

use super::callers::Asking;
use super::client::ClientAddress;
use super::identify::bearer_of;
use super::places::Place;
use super::session_fields::SESSION_COOKIE;
use crate::api::prefers_html;
use crate::api::problem::Problem;
use crate::config::RateLimits;
use crate::pages;
use crate::state::AppState;

/// The window of every policy, in seconds.
const WINDOW: u64 = 60;
/// Keys are folded onto so many counters, so that memory has a bound; whom two of them fall on is not to be guessed.
const COUNTERS: u64 = 1 << 18;

/// What refusals call the policy by which an operator lets somebody in no more.
const BLOCKED: &str = "blocked";

/// The services' clock, as the counters read it.
#[derive(Clone, Debug)]
struct Ticks(Clock);

impl governor::clock::Clock for Ticks {
    type Instant = Duration;

    fn now(&self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.now().timestamp_micros()).unwrap_or(0))
    }
}

type Limiter = RateLimiter<u64, DashMapStateStore<u64>, Ticks, StateInformationMiddleware>;

/// A number of requests a minute, all of which may come at once.
#[derive(Debug)]
struct Policy {
    name: &'static str,
    quota: u32,
    limiter: Limiter,
    ticks: Ticks,
}

/// How a request stands with one policy.
#[derive(Clone, Copy, Debug)]
struct Standing {
    name: &'static str,
    quota: u32,
    remaining: u32,
    /// Seconds until the whole quota is there again.
    reset: u64,
    /// Seconds until one more request is let through, where this one was not.
    wait: Option<u64>,
}

impl Policy {
    fn new(name: &'static str, quota: NonZeroU32, clock: &Clock) -> Self {
        let ticks = Ticks(clock.clone());
        let limiter = Limiter::new(Quota::per_minute(quota), DashMapStateStore::default(), ticks.clone());
        Self { name, quota: quota.get(), limiter, ticks }
    }

    fn count(&self, key: u64) -> Standing {
        let (remaining, wait) = match self.limiter.check_key(&key) {
            Ok(left) => (left.remaining_burst_capacity().min(self.quota), None),
            Err(not_until) => {
                let wait = not_until.wait_time_from(governor::clock::Clock::now(&self.ticks));
                (0, Some(wait.as_millis().div_ceil(1000).max(1)))
            }
        };
        let used = u64::from(self.quota - remaining);
        Standing {
            name: self.name,
            quota: self.quota,
            remaining,
            reset: (used * WINDOW).div_ceil(u64::from(self.quota)),
            wait: wait.map(|seconds| u64::try_from(seconds).unwrap_or(WINDOW)),
        }
    }
}

/// The counters of this node; cheap to clone.
#[derive(Clone, Debug)]
pub struct Rates(Option<Arc<Counters>>);

#[derive(Debug)]
struct Counters {
    environment: RateQuotas,
    policies: RwLock<Arc<Policies>>,
    folding: RandomState,
    clock: Clock,
    memory: Memory,
}

/// The policies in force.
#[derive(Debug)]
struct Policies {
    quotas: RateQuotas,
    address: Arc<Policy>,
    caller: Arc<Policy>,
    sign_in: Arc<Policy>,
    search: Arc<Policy>,
}

impl Policies {
    fn new(quotas: RateQuotas, clock: &Clock) -> Self {
        let policy = |name, quota| Arc::new(Policy::new(name, at_least_one(quota), clock));
        Self {
            quotas,
            address: policy("default", quotas.address),
            caller: policy("caller", quotas.caller),
            sign_in: policy("sign-in", quotas.sign_in),
            search: policy("search", quotas.search),
        }
    }

    /// The same with these quotas: where one is another than before, its counters begin empty, and all others go on.
    fn with(&self, quotas: RateQuotas, clock: &Clock) -> Self {
        let begun = Self::new(quotas, clock);
        let kept = |old: &Arc<Policy>, new: Arc<Policy>| if old.quota == new.quota { Arc::clone(old) } else { new };
        Self {
            quotas,
            address: kept(&self.address, begun.address),
            caller: kept(&self.caller, begun.caller),
            sign_in: kept(&self.sign_in, begun.sign_in),
            search: kept(&self.search, begun.search),
        }
    }

    fn all(&self) -> [&Policy; 4] {
        [&self.address, &self.caller, &self.sign_in, &self.search]
    }
}

fn at_least_one(quota: u32) -> NonZeroU32 {
    NonZeroU32::new(quota).unwrap_or(NonZeroU32::MIN)
}

impl Rates {
    /// Counters that begin empty, of what the environment says until this node's memory has learnt of other limits.
    #[must_use]
    pub fn new(limits: &RateLimits, clock: &Clock, memory: &Memory) -> Self {
        Self(limits.enabled.then(|| {
            let environment = limits.quotas();
            Arc::new(Counters {
                environment,
                policies: RwLock::new(Arc::new(Policies::new(environment, clock))),
                folding: RandomState::new(),
                clock: clock.clone(),
                memory: memory.clone(),
            })
        }))
    }

    /// Counts a request that needs no more than memory and writes down how much is left; `false` where it is one too many,
    /// which is for [`limit`] to refuse.
    #[must_use]
    pub fn let_in(&self, request: &Request, place: Place, client: ClientAddress, headers: &mut HeaderMap) -> bool {
        let Some(counters) = &self.0 else { return true };
        let standings = counters.count(request, place, client);
        let fits = standings.iter().all(|standing| standing.wait.is_none());
        if fits {
            tell(headers, &standings);
        }
        fits
    }

    /// The limits with how many they count; none where nothing is counted.
    #[must_use]
    pub fn sights(&self) -> Vec<LimitSight> {
        let sight = |policy: &Policy| LimitSight {
            policy: policy.name.to_owned(),
            quota: policy.quota,
            window: WINDOW,
            counted: policy.limiter.len() as u64,
        };
        let policies = self.0.as_ref().map(|counters| counters.policies());
        policies.iter().flat_map(|policies| policies.all()).map(sight).collect()
    }

    /// Lets go of whoever has not asked for a while.
    pub fn forget_the_silent(&self) {
        let policies = self.0.as_ref().map(|counters| counters.policies());
        for policy in policies.iter().flat_map(|policies| policies.all()) {
            policy.limiter.retain_recent();
            policy.limiter.shrink_to_fit();
        }
    }
}

impl Counters {
    /// What was set last, as far as this node knows.
    fn quotas(&self) -> RateQuotas {
        self.environment.under(self.memory.rates())
    }

    /// The policies by that.
    fn policies(&self) -> Arc<Policies> {
        let present = Arc::clone(&self.policies.read().unwrap_or_else(PoisonError::into_inner));
        if present.quotas == self.quotas() {
            return present;
        }
        let mut policies = self.policies.write().unwrap_or_else(PoisonError::into_inner);
        // Looked at once more: whoever came first has begun the counters that everybody is counted by.
        let quotas = self.quotas();
        if policies.quotas != quotas {
            *policies = Arc::new(policies.with(quotas, &self.clock));
        }
        Arc::clone(&policies)
    }

    fn count(&self, request: &Request, place: Place, client: ClientAddress) -> Vec<Standing> {
        let policies = self.policies();
        let address = self.fold(&client.0.map(neighbourhood));
        let mut standings = vec![policies.address.count(address)];
        if let Some(credential) = credential(request.headers()) {
            standings.push(policies.caller.count(self.fold(&credential)));
        }
        if signs_in(request.method(), request.uri().path()) {
            standings.push(policies.sign_in.count(address));
        }
        if searches(place, request.uri().path()) {
            standings.push(policies.search.count(address));
        }
        standings
    }

    fn fold(&self, key: &impl Hash) -> u64 {
        self.folding.hash_one(key) % COUNTERS
    }
}

/// What tells callers apart before anybody knows who they are; a secret, and so never shown.
#[derive(Hash)]
#[cfg_attr(test, derive(Debug, PartialEq, Eq))]
enum Credential {
    Token(String),
    Session(Id),
}

/// The token or session as it is read by those who find out whose it is, so that nobody has a counter for each way of writing it.
fn credential(headers: &HeaderMap) -> Option<Credential> {
    if headers.contains_key(header::AUTHORIZATION) {
        return bearer_of(headers).map(Credential::Token);
    }
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| str::from_utf8(line.as_bytes()).ok());
    let cookies = lines.flat_map(|line| line.split(';')).filter_map(|text| Cookie::parse_encoded(text).ok());
    // Of several with this name the last one holds.
    let session = cookies.rev().find(|cookie| cookie.name() == SESSION_COOKIE)?;
    session.value().parse().ok().map(Credential::Session)
}

/// What nobody has to try often: passwords and codes, ways around them, and letters to any address.
const SELDOM: [&str; 5] = ["/rpc/account/", "/account/", "/rpc/subscriptions/", "/subscriptions", "/subscribe/"];

/// Whether somebody tries a password, a code, asks for a way around them, or for letters.
fn signs_in(method: &Method, path: &str) -> bool {
    let path = path.strip_prefix("/v1").or_else(|| path.strip_prefix("/cy")).unwrap_or(path);
    let asks = *method != Method::GET && *method != Method::HEAD && !path.ends_with("/sign-out");
    (asks && SELDOM.iter().any(|beginning| path.starts_with(beginning)))
        || path.starts_with("/account/oidc")
        || path.starts_with("/account/callback")
}

fn searches(place: Place, path: &str) -> bool {
    let path = path.strip_prefix("/v1").or_else(|| path.strip_prefix("/cy")).unwrap_or(path);
    match place {
        Place::PublicForm => path.ends_with("/search") || path.ends_with("/suggest"),
        Place::PublicApi => path == "/search" || path.starts_with("/search/"),
        // What is added to a list is searched for.
        Place::Page => path == "/search" || path.starts_with("/search/") || path == "/list",
        _ => false,
    }
}

/// Counts the request, tells how much is left, and refuses what is too much and whoever is blocked.
pub async fn limit(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let place = Place::of(request.uri().path());
    if matches!(place, Place::Asset | Place::Health) {
        return next.run(request).await;
    }
    let client = request.extensions().get::<ClientAddress>().copied().unwrap_or_default();
    let (asking, now) = (Asking::of(&request, client), state.services.clock.now());
    if let Some(seconds) = asking.blocked(&state.services, now) {
        state.callers.note(&asking, true, now);
        return refused(&request, place, BLOCKED, seconds);
    }
    let Some(counters) = &state.rates.0 else {
        state.callers.note(&asking, false, now);
        return next.run(request).await;
    };
    let standings = counters.count(&request, place, client);
    let refusing = standings.iter().filter(|standing| standing.wait.is_some()).max_by_key(|standing| standing.wait);
    state.callers.note(&asking, refusing.is_some(), now);
    let mut answer = match refusing {
        Some(standing) => refused(&request, place, standing.name, standing.wait.unwrap_or(1)),
        None => next.run(request).await,
    };
    tell(answer.headers_mut(), &standings);
    answer
}

/// The refusal: the envelope for machines, a page for people.
fn refused(request: &Request, place: Place, policy: &'static str, seconds: u64) -> Response {
    metrics::counter!("rate_limit_refusals_total", "policy" => policy).increment(1);
    if place.is_page() || (!place.is_api() && prefers_html(request.headers())) {
        let page = pages::sorry(&pages::Asked::of(request), StatusCode::TOO_MANY_REQUESTS);
        return ([(header::RETRY_AFTER, seconds.to_string())], page).into_response();
    }
    let problem = Problem::from(Refusal::TooMany { seconds }).with("policy", policy);
    match request.extensions().get::<Ctx>() {
        Some(ctx) => Problem::new(ctx, problem).into_response(),
        None => problem.into_response(),
    }
}

/// Writes the headers in the form of the draft standard "RateLimit header fields for HTTP".
fn tell(headers: &mut HeaderMap, standings: &[Standing]) {
    let (mut policies, mut limits) = (String::new(), String::new());
    for Standing { name, quota, remaining, reset, .. } in standings {
        let comma = if policies.is_empty() { "" } else { ", " };
        // Writing to a string cannot fail.
        let _ = write!(policies, "{comma}\"{name}\";q={quota};w={WINDOW}");
        let _ = write!(limits, "{comma}\"{name}\";r={remaining};t={reset}");
    }
    for (name, value) in [("ratelimit-policy", policies), ("ratelimit", limits)] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, Ordering};

    use chrono::DateTime;

    use super::*;

    fn policy(quota: u32) -> (Policy, Arc<AtomicI64>) {
        let time = Arc::new(AtomicI64::new(1_795_000_000));
        let read = time.clone();
        let clock = Clock::new(move || DateTime::from_timestamp(read.load(Ordering::SeqCst), 0).unwrap());
        (Policy::new("test", NonZeroU32::new(quota).unwrap(), &clock), time)
    }

    #[test]
    fn a_quota_is_used_up_and_comes_back_with_time() {
        let (policy, time) = policy(2);
        let first = policy.count(1);
        assert_eq!((first.remaining, first.reset, first.wait), (1, 30, None));
        assert_eq!(policy.count(1).remaining, 0);
        assert_eq!(policy.count(1).wait, Some(30));
        assert_eq!(policy.count(2).remaining, 1, "another key has its own");
        time.fetch_add(29, Ordering::SeqCst);
        assert_eq!(policy.count(1).wait, Some(1));
        time.fetch_add(1, Ordering::SeqCst);
        assert_eq!(policy.count(1).wait, None);
    }

    #[test]
    fn a_changed_quota_begins_anew_and_the_others_go_on() {
        let clock = Clock::new(|| DateTime::from_timestamp(1_795_000_000, 0).unwrap());
        let quotas = RateQuotas { address: 3, caller: 3, sign_in: 3, search: 3 };
        let before = Policies::new(quotas, &clock);
        assert_eq!((before.address.count(1).remaining, before.search.count(1).remaining), (2, 2));
        let after = before.with(RateQuotas { search: 1, ..quotas }, &clock);
        assert_eq!((after.address.count(1).remaining, after.search.count(1).remaining), (1, 0));
        assert_eq!((after.search.count(1).wait, after.search.quota), (Some(60), 1));
        assert_eq!(after.all().map(|policy| policy.quota), [3, 3, 3, 1]);
    }

    #[test]
    fn memory_has_a_bound_and_the_silent_are_forgotten() {
        let (policy, time) = policy(2);
        let folding = RandomState::new();
        for key in 0..10_000_u32 {
            policy.count(folding.hash_one(key) % 256);
        }
        assert!(policy.limiter.len() <= 256);
        time.fetch_add(120, Ordering::SeqCst);
        policy.limiter.retain_recent();
        assert!(policy.limiter.is_empty());
    }

    #[test]
    fn a_credential_is_the_same_however_it_is_written() {
        let of = |lines: &[(HeaderName, &str)]| {
            let lines = lines.iter().map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap()));
            let mut headers = HeaderMap::new();
            lines.for_each(|(name, value)| {
                headers.append(name, value);
            });
            credential(&headers)
        };
        let token = Some(Credential::Token("cat_secret".to_owned()));
        for written in ["Bearer cat_secret", "bearer cat_secret", "BEARER   cat_secret", "Bearer cat_secret "] {
            assert_eq!(of(&[(header::AUTHORIZATION, written)]), token, "{written}");
        }
        assert_eq!(of(&[(header::AUTHORIZATION, "Basic cat_secret")]), None, "nobody is known by it");
        // A cookie beside a bearer is not looked at.
        let (one, other) = (Id(1), Id(2));
        let cookie = |id: Id| format!("{SESSION_COOKIE}={id}");
        assert_eq!(of(&[(header::AUTHORIZATION, "Bearer cat_secret"), (header::COOKIE, &cookie(one))]), token);

        let session = Some(Credential::Session(one));
        let first = format!("{:02X}", one.to_string().as_bytes()[0]);
        for written in [
            cookie(one),
            format!("a=b; {SESSION_COOKIE} =  {one} ;c=d"),
            format!("{}; {}", cookie(other), cookie(one)),
            format!("{SESSION_COOKIE}=%{first}{}", &one.to_string()[1..]),
            format!("%63{}={one}", &SESSION_COOKIE[1..]),
        ] {
            assert_eq!(of(&[(header::COOKIE, &written)]), session, "{written}");
        }
        assert_eq!(of(&[(header::COOKIE, &cookie(other)), (header::COOKIE, &cookie(one))]), session);
        for nothing in ["", "a=b", "catalogue_session=made-up", "catalogue_session"] {
            assert_eq!(of(&[(header::COOKIE, nothing)]), None, "{nothing}");
        }
    }

    #[test]
    fn sign_in_and_search_are_known_by_their_addresses() {
        assert!(signs_in(&Method::POST, "/rpc/account/sign-in"));
        assert!(!signs_in(&Method::POST, "/rpc/account/sign-out") && !signs_in(&Method::GET, "/account/sign-in"));
        for path in
            ["/rpc/subscriptions/subscribe", "/v1/subscriptions", "/v1/subscriptions/confirm", "/cy/subscribe/manage"]
        {
            assert!(signs_in(&Method::POST, path) && !signs_in(&Method::GET, path), "{path}");
        }
        for path in ["/v1/search", "/v1/search/suggest", "/search", "/cy/search", "/rpc/catalogue/suggest"] {
            assert!(searches(Place::of(path), path), "{path}");
        }
        for path in ["/v1/datasets", "/v1/search/synonyms", "/v1/search/pins/a"] {
            assert!(!searches(Place::of(path), path), "{path}");
        }
    }
}
