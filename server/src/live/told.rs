//! What a page is told: once, or as it goes on.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::time::Duration;

use axum::Json;
use axum::response::sse::Event;
use chrono::{DateTime, TimeDelta, Utc};
use domain::operations::node_mark;
use domain::presence::{Drawn, Here, RailCounts, Watched};
use domain::refusal::Refusal;
use serde_json::{Value, json};
use services::{Ctx, ServiceError, bundles, operations, presence};

use super::streams::Seat;
use crate::clock::Stopwatch;
use crate::health;
use crate::http::identify;
use crate::state::AppState;

/// How often a silent stream shows that it is alive.
pub(super) const ALIVE: Duration = Duration::from_secs(15);
/// How often the clock and this process's own commits are looked at.
const LOOK: Duration = Duration::from_millis(250);
/// How long a stream rests between two reads, however much is committed.
const AT_LEAST: Duration = Duration::from_secs(1);
/// How often it reads all the same, for what other nodes do and for who comes and goes.
const AGAIN: TimeDelta = TimeDelta::seconds(5);
/// How often session, rights and counts are asked about anew.
const CHECKED_EVERY: TimeDelta = TimeDelta::seconds(15);
/// How long one stream lasts; the page comes back by itself.
const LONGEST: Duration = Duration::from_secs(600);
/// How long a page waits before it comes back.
const COME_BACK: Duration = Duration::from_secs(2);

/// Everything at once, for pages that ask again and again.
pub(super) async fn once(state: &AppState, ctx: &Ctx, page: &OpenPage) -> Result<Json<Value>, ServiceError> {
    let here = match &page.at {
        Some(at) => Some(presence::here(&state.services, ctx, at, page.typing).await?),
        None => None,
    };
    let drawn = match page.drawn {
        Some(what) => Some(drawn(state, ctx, what).await?),
        None => None,
    };
    let counts = presence::rail_counts(&state.services, ctx).await?;
    Ok(Json(json!({
        "others": here.as_ref().map(others),
        "changed": here.as_ref().and_then(|here| changed(here, &page.mark)),
        "drawn": drawn,
        "counts": counts,
    })))
}

/// What names the queue as the caller sees it now, or how the program stands as this node sees it.
async fn drawn(state: &AppState, ctx: &Ctx, what: Drawn) -> Result<Value, ServiceError> {
    let mark = match what {
        Drawn::Queue => bundles::queue_mark(&state.services, ctx).await?,
        Drawn::Operations => {
            let node = node_mark(&health::sights(state), &state.conditions.firing());
            operations::desk_mark(&state.services, ctx, &node).await?
        }
    };
    Ok(json!({"mark": mark}))
}

fn others(here: &Here) -> Value {
    json!({"words": here.others_words(), "people": here.others})
}

/// The last change, where it is another one than the page knows of.
fn changed(here: &Here, since: &str) -> Option<Value> {
    let last = here.last.as_ref().filter(|last| last.mark != since)?;
    Some(json!({
        "words": last.words(), "mark": last.mark, "by": last.by, "at": last.at, "own": last.own, "history": here.history,
    }))
}

/// What a page says of itself when it asks.
#[derive(Debug)]
pub(super) struct OpenPage {
    /// What it is about.
    pub(super) at: Option<Watched>,
    /// What it shows that is drawn anew.
    pub(super) drawn: Option<Drawn>,
    /// The last change that it knows of.
    pub(super) mark: String,
    /// Whether somebody types in a form of it.
    pub(super) typing: bool,
}

/// A stream that is under way.
#[derive(Debug)]
pub(super) struct Told {
    state: AppState,
    ctx: Ctx,
    session: String,
    at: Option<Watched>,
    drawn: Option<Drawn>,
    /// The last change that the page knows of.
    mark: String,
    others: Option<Value>,
    /// What names that which is drawn anew, as the page was last told.
    shown: Option<Value>,
    counts: Option<RailCounts>,
    waiting: VecDeque<Event>,
    checked_at: DateTime<Utc>,
    began: Stopwatch,
    over: bool,
    _seat: Seat,
}

impl Told {
    /// Begins a stream with how things stand; refuses like [`presence::here`].
    pub(super) async fn begin(
        state: AppState,
        ctx: Ctx,
        session: String,
        page: OpenPage,
        seat: Seat,
    ) -> Result<Self, ServiceError> {
        let mut told = Self {
            checked_at: ctx.now,
            state,
            ctx,
            session,
            at: page.at,
            drawn: page.drawn,
            mark: page.mark,
            others: None,
            shown: None,
            counts: None,
            waiting: VecDeque::new(),
            began: Stopwatch::start(),
            over: false,
            _seat: seat,
        };
        told.look(page.typing, true).await?;
        Ok(told)
    }

    /// The next event, when there is one; `None` at the end.
    pub(super) async fn next(mut self) -> Option<(Result<Event, Infallible>, Self)> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                return Some((Ok(event), self));
            }
            if self.over || !self.goes_on().await {
                return None;
            }
            match self.look_again().await {
                Ok(()) => {}
                Err(ServiceError::Refused(Refusal::NotFound)) => self.end("gone"),
                Err(error) => {
                    // Without a word: the page comes back and hears what is the matter.
                    tracing::debug!(error = &error as &dyn std::error::Error, "a stream of events ends");
                    return None;
                }
            }
        }
    }

    /// Waits for a commit of this process or for a while; whether the stream goes on.
    async fn goes_on(&self) -> bool {
        let clock = &self.state.services.clock;
        let (commits, from, waited) = (persistence::db::commits(), self.ctx.now, Stopwatch::start());
        loop {
            tokio::select! {
                () = self.state.ending.cancelled() => return false,
                () = tokio::time::sleep(LOOK) => {}
            }
            let committed = persistence::db::commits() != commits && waited.elapsed() >= AT_LEAST;
            if committed || passed(from, clock.now()) >= AGAIN {
                return self.began.elapsed() < LONGEST;
            }
        }
    }

    async fn look_again(&mut self) -> Result<(), ServiceError> {
        self.ctx.now = self.state.services.clock.now();
        let check = passed(self.checked_at, self.ctx.now) >= CHECKED_EVERY;
        if check {
            self.checked_at = self.ctx.now;
            self.ctx.caller = identify::still_signed_in(&self.state, &self.ctx, &self.session).await?;
            if self.ctx.caller.is_none() {
                self.end("signed-out");
                return Ok(());
            }
        }
        self.look(false, check).await
    }

    /// Reads how things stand and keeps what is new of it to be sent.
    async fn look(&mut self, typing: bool, count: bool) -> Result<(), ServiceError> {
        if let Some(at) = &self.at {
            let here = presence::here(&self.state.services, &self.ctx, at, typing).await?;
            let there = others(&here);
            if self.others.as_ref() != Some(&there) {
                self.waiting.push_back(event("others", &there));
                self.others = Some(there);
            }
            if let Some(change) = changed(&here, &self.mark) {
                self.mark = here.last.map(|last| last.mark).unwrap_or_default();
                self.waiting.push_back(event("changed", &change));
            }
        }
        if let Some(what) = self.drawn {
            let now = drawn(&self.state, &self.ctx, what).await?;
            if self.shown.as_ref() != Some(&now) {
                self.waiting.push_back(event("drawn", &now));
                self.shown = Some(now);
            }
        }
        if count {
            let counts = presence::rail_counts(&self.state.services, &self.ctx).await?;
            if self.counts != Some(counts) {
                self.waiting.push_back(event("counts", &json!(counts)));
                self.counts = Some(counts);
            }
        }
        Ok(())
    }

    fn end(&mut self, word: &str) {
        self.over = true;
        self.waiting.push_back(event(word, &json!({})));
    }
}

fn event(name: &str, data: &Value) -> Event {
    Event::default().event(name).retry(COME_BACK).data(data.to_string())
}

/// The time between two looks at a clock that may be set back meanwhile.
fn passed(from: DateTime<Utc>, to: DateTime<Utc>) -> TimeDelta {
    (to - from).abs()
}
