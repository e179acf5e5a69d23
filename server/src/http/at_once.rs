//! What is remembered is sent before the layers that everything else passes: they have done their work on it already.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::task::{Context, Poll};

use axum::Router;
use axum::extract::{ConnectInfo, Request};
use axum::http::header;
use axum::response::Response;
use axum::serve::{IncomingStream, Listener};
use futures::future::{BoxFuture, Either, Ready, ready};
use tower::{Service, ServiceExt};

use super::callers::Asking;
use super::client::ClientAddress;
use super::places::Place;
use super::remembered::{Complete, Kept};
use super::trace::Remembered;
use super::{edge, remembered, trace};
use crate::clock::Stopwatch;
use crate::state::AppState;

/// Answers from memory where it can, otherwise by the router.
#[derive(Clone, Debug)]
pub struct AtOnce {
    /// What every handler shares.
    pub state: AppState,
    /// All layers and handlers.
    pub otherwise: Router,
    /// The other end of the connection, known for all its requests.
    pub peer: Option<SocketAddr>,
}

/// Makes [`AtOnce`] for each connection.
#[derive(Clone, Debug)]
pub struct PerConnection(pub AtOnce);

impl<L: Listener<Addr = SocketAddr>> Service<IncomingStream<'_, L>> for PerConnection {
    type Response = AtOnce;
    type Error = Infallible;
    type Future = Ready<Result<AtOnce, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, connection: IncomingStream<'_, L>) -> Self::Future {
        ready(Ok(AtOnce { peer: Some(*connection.remote_addr()), ..self.0.clone() }))
    }
}

impl Service<Request> for AtOnce {
    type Response = Response;
    type Error = Infallible;
    type Future = Either<Ready<Result<Response, Infallible>>, BoxFuture<'static, Result<Response, Infallible>>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        let watch = Stopwatch::start();
        if let Some(key) = remembered::key(&self.state, &request)
            && let Some(kept) = self.state.remembered.recall(&key)
            && let Some(answer) = at_once(&self.state, &request, self.peer, &kept, &watch)
        {
            return Either::Left(ready(Ok(answer)));
        }
        if let Some(peer) = self.peer {
            request.extensions_mut().insert(ConnectInfo(peer));
        }
        let otherwise = self.otherwise.clone();
        Either::Right(Box::pin(otherwise.oneshot(request)))
    }
}

/// The answer, complete, counted and logged, the same as it would be by the router; nothing where that is to say more.
fn at_once(
    state: &AppState,
    request: &Request,
    peer: Option<SocketAddr>,
    kept: &Kept,
    watch: &Stopwatch,
) -> Option<Response> {
    let place = Place::of(request.uri().path());
    let Complete { headers, body, path, meters } =
        kept.completed(place, request.uri().path(), |headers| edge::complete_remembered(state, place, headers));
    let mut answer = match request.headers().contains_key(header::IF_NONE_MATCH) {
        true if remembered::has_it(request.headers(), headers) => remembered::not_modified(headers.clone()),
        // It may have another form of the same.
        true => return None,
        false => remembered::whole(headers.clone(), body.clone()),
    };
    let client = ClientAddress::behind(peer, request.headers(), &state.config.edge.trusted_proxies);
    let (asking, now) = (Asking::of(request, client), state.services.clock.now());
    let blocked = asking.blocked(&state.services, now).is_some();
    if blocked || !state.rates.let_in(request, place, client, answer.headers_mut()) {
        return None;
    }
    state.remembered.note_hit();
    state.callers.note(&asking, false, now);
    let exported = state.config.edge.otlp_endpoint.is_some();
    trace::remembered(&Remembered { request, place, client, path, meters, exported }, watch, &mut answer);
    Some(answer)
}
