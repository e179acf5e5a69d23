//! A receiver of HTTP requests that keeps what it is sent and behaves as told: real HTTP over TCP, on a free port of this
//! machine.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;
use tokio::sync::Notify;

/// What the receiver does with a request.
#[derive(Clone, Debug)]
pub enum Behaviour {
    /// Answers with this status and body.
    Answer(u16, &'static str),
    /// Answers with this status and asks to be left in peace for so many seconds.
    Later(u16, u64),
    /// Takes the request and drops the connection without an answer.
    Drop,
    /// Takes the request and does not answer until let go by [`Receiver::let_go`].
    Stall,
}

/// A request as it was received.
#[derive(Clone, Debug)]
pub struct Received {
    /// `POST` and so on.
    pub method: Method,
    /// Path and query.
    pub uri: Uri,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

impl Received {
    /// A header as text; empty where it is missing.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// A running receiver; it ends with the test's runtime.
#[derive(Clone, Debug)]
pub struct Receiver {
    url: String,
    script: Arc<Mutex<VecDeque<Behaviour>>>,
    usual: Arc<Mutex<Behaviour>>,
    received: Arc<Mutex<Vec<Received>>>,
    gate: Arc<Notify>,
    arrived: Arc<Notify>,
}

impl Receiver {
    /// Starts a receiver that answers 200 with `{}` to everything.
    pub async fn start() -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let receiver = Self {
            url: format!("http://{}", listener.local_addr()?),
            script: Arc::default(),
            usual: Arc::new(Mutex::new(Behaviour::Answer(200, "{}"))),
            received: Arc::default(),
            gate: Arc::default(),
            arrived: Arc::default(),
        };
        let router = Router::new().fallback(take).with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(receiver)
    }

    /// Its address.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What it does with the next requests, before it goes back to what is usual.
    pub fn next(&self, behaviours: impl IntoIterator<Item = Behaviour>) {
        self.script.lock().unwrap_or_else(PoisonError::into_inner).extend(behaviours);
    }

    /// What it does with every request that nothing else was said for.
    pub fn usually(&self, behaviour: Behaviour) {
        *self.usual.lock().unwrap_or_else(PoisonError::into_inner) = behaviour;
    }

    /// Lets every request go that is stalled now.
    pub fn let_go(&self) {
        self.gate.notify_waiters();
    }

    /// What was received so far.
    #[must_use]
    pub fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until so many requests have been received.
    pub async fn has_received(&self, count: usize) {
        loop {
            let next = self.arrived.notified();
            tokio::pin!(next);
            next.as_mut().enable();
            if self.received().len() >= count {
                return;
            }
            next.await;
        }
    }
}

async fn take(State(receiver): State<Receiver>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let scripted = receiver.script.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
    let behaviour = scripted.unwrap_or_else(|| receiver.usual.lock().unwrap_or_else(PoisonError::into_inner).clone());
    let released = receiver.gate.notified();
    tokio::pin!(released);
    released.as_mut().enable();
    let request = Received { method, uri, headers, body: body.to_vec() };
    receiver.received.lock().unwrap_or_else(PoisonError::into_inner).push(request);
    receiver.arrived.notify_waiters();
    match behaviour {
        // Back to this receiver, so that whoever followed would be counted.
        Behaviour::Answer(status @ 300..400, body) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::IM_A_TEAPOT);
            (status, [("location", "/followed")], body).into_response()
        }
        Behaviour::Answer(status, body) => {
            (StatusCode::from_u16(status).unwrap_or(StatusCode::IM_A_TEAPOT), body).into_response()
        }
        Behaviour::Later(status, seconds) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::IM_A_TEAPOT);
            (status, [("retry-after", seconds.to_string())]).into_response()
        }
        // A body that breaks off before its first byte ends the connection.
        Behaviour::Drop => {
            let broken = futures::stream::once(async { Err::<Bytes, _>(std::io::Error::other("dropped")) });
            Response::new(Body::from_stream(broken))
        }
        Behaviour::Stall => {
            released.await;
            (StatusCode::OK, "{}").into_response()
        }
    }
}
