//! Connections of readers that take nothing of an answer for too long are ended, so that nobody holds memory and files open for ever.

use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::serve::Listener;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, Sleep};

/// So many bytes that have not left yet are kept for a connection. Without such a bound it can be written to again only once a third
/// of megabytes has been taken, and who takes them slowly looks like one who takes nothing.
#[cfg(target_os = "linux")]
const WAITING: u32 = 128 << 10;

/// Lets it be seen soon that something was taken.
#[cfg(target_os = "linux")]
fn show_what_is_taken(stream: &TcpStream) {
    if let Err(error) = socket2::SockRef::from(stream).set_tcp_notsent_lowat(WAITING) {
        tracing::debug!(error = &error as &dyn std::error::Error, "what waits to be sent cannot be bounded");
    }
}

/// Other systems are for trying things out.
#[cfg(not(target_os = "linux"))]
const fn show_what_is_taken(_: &TcpStream) {}

/// Listens for connections that end when nothing of what is sent is taken for so long; how long all of it takes does not matter.
#[derive(Debug)]
pub struct PatientListener {
    listener: TcpListener,
    patience: Duration,
}

impl PatientListener {
    /// The same listener with so much patience.
    #[must_use]
    pub const fn new(listener: TcpListener, patience: Duration) -> Self {
        Self { listener, patience }
    }
}

impl Listener for PatientListener {
    type Io = Patient<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        let (stream, address) = Listener::accept(&mut self.listener).await;
        show_what_is_taken(&stream);
        (Patient::new(stream, self.patience), address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// A connection whose other end has to take something now and then.
#[derive(Debug)]
pub struct Patient<S> {
    stream: S,
    patience: Duration,
    /// Kept from one wait to the next.
    alarm: Option<Pin<Box<Sleep>>>,
    is_waiting: bool,
}

impl<S> Patient<S> {
    const fn new(stream: S, patience: Duration) -> Self {
        Self { stream, patience, alarm: None, is_waiting: false }
    }

    /// What a write came to, or the end where it has waited too long.
    fn watch<T>(&mut self, cx: &mut Context<'_>, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.is_waiting = false;
            return written;
        }
        let until = Instant::now() + self.patience;
        let alarm = self.alarm.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(until)));
        if !self.is_waiting {
            alarm.as_mut().reset(until);
            self.is_waiting = true;
        }
        ready!(alarm.as_mut().poll(cx));
        metrics::counter!("silent_readers_total").increment(1);
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the reader takes nothing")))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Patient<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, bytes)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Patient<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.watch(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, bytes);
        self.watch(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::{Arc, Mutex};

    use axum::Router;
    use axum::body::Body;
    use axum::routing::get;
    use bytes::Bytes;
    use futures::StreamExt;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::sync::mpsc;

    use super::*;

    /// The size of one piece of an answer.
    const PIECE: usize = 1 << 16;
    /// More than a machine keeps for a connection on both of its ends.
    const MUCH: usize = 64 << 20;

    /// Serves an answer of so many pieces; how many were made, and a word when it is dropped.
    async fn serve(pieces: usize, patience: Duration) -> (SocketAddr, Arc<AtomicUsize>, mpsc::Receiver<()>) {
        let (made, (held, dropped)) = (Arc::new(AtomicUsize::new(0)), mpsc::channel::<()>(1));
        let counted = made.clone();
        // One answer alone holds the other end.
        let held = Arc::new(Mutex::new(Some(held)));
        let answer = move || {
            let (counted, held) = (counted.clone(), held.lock().unwrap().take());
            let pieces = futures::stream::iter(0..pieces).map(move |_| {
                assert!(held.is_some(), "asked twice");
                counted.fetch_add(1, Ordering::SeqCst);
                Ok::<_, std::convert::Infallible>(Bytes::from(vec![b'a'; PIECE]))
            });
            std::future::ready(Body::from_stream(pieces))
        };
        let router = Router::new().route("/", get(answer));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(axum::serve(PatientListener::new(listener, patience), router).into_future());
        (address, made, dropped)
    }

    async fn asked(address: SocketAddr) -> TcpStream {
        let mut reader = TcpStream::connect(address).await.unwrap();
        reader.write_all(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await.unwrap();
        reader
    }

    #[tokio::test]
    async fn a_reader_that_takes_nothing_is_let_go_and_costs_little() {
        let (address, made, mut dropped) = serve(usize::MAX, Duration::from_millis(300)).await;
        let silent = asked(address).await;
        assert_eq!(tokio::time::timeout(Duration::from_secs(60), dropped.recv()).await.unwrap(), None);
        let made = made.load(Ordering::SeqCst) * PIECE;
        assert!(made < MUCH, "{made} bytes were made for a reader that takes nothing");
        drop(silent);
    }

    #[tokio::test]
    async fn a_slow_reader_gets_all_of_it() {
        let patience = Duration::from_secs(3);
        let (address, made, _dropped) = serve(MUCH / PIECE, patience).await;
        let (mut reader, mut bytes) = (asked(address).await, vec![0; PIECE]);
        let mut pauses = tokio::time::interval(Duration::from_millis(20));
        let (begun, mut taken) = (Instant::now(), 0);
        loop {
            // A few kilobytes at a time for longer than the patience lasts; then the rest, so that the test ends.
            let most = if begun.elapsed() < 2 * patience { 4096 } else { PIECE };
            if most < PIECE {
                pauses.tick().await;
            }
            match reader.read(&mut bytes[..most]).await.unwrap() {
                0 => break,
                more => taken += more,
            }
        }
        assert!(taken > MUCH, "{taken} bytes of {MUCH} and the head");
        assert_eq!(made.load(Ordering::SeqCst), MUCH / PIECE);
    }
}
