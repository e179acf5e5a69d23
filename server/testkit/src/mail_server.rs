//! A mail server that keeps what it is sent and behaves as told: real SMTP (RFC 5321) over TCP, on a free port of this machine.

use std::collections::{BTreeSet, VecDeque};
use std::io::{Error, ErrorKind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// What the server does with a letter that it was handed.
#[derive(Clone, Copy, Debug)]
pub enum Treatment {
    /// Does not keep it and answers this line, such as `552 too large`.
    Refuse(&'static str),
    /// Does not answer until let go by [`MailServer::let_go`], and keeps it then, whether or not anybody still waits.
    Stall,
    /// Drops the connection without an answer, and does not keep it.
    Drop,
    /// Keeps it and drops the connection, so that the answer is lost.
    KeepAndDrop,
    /// Keeps it and answers twice.
    AnswerTwice,
}

/// A running mail server; it ends with the test's runtime.
#[derive(Clone, Debug)]
pub struct MailServer {
    url: String,
    letters: Arc<Mutex<Vec<Letter>>>,
    script: Arc<Mutex<VecDeque<Treatment>>>,
    unknown: Arc<Mutex<BTreeSet<String>>>,
    tries: Arc<AtomicUsize>,
    gate: Arc<Notify>,
    arrived: Arc<Notify>,
}

/// A letter as it was received.
#[derive(Clone, Debug, Default)]
pub struct Letter {
    /// The sender of the envelope.
    pub from: String,
    /// The recipients of the envelope.
    pub to: Vec<String>,
    /// Headers and parts as sent.
    pub raw: String,
}

impl MailServer {
    /// Starts a server.
    pub async fn start() -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("smtp://{}", listener.local_addr()?);
        let server = Self {
            url,
            letters: Arc::default(),
            script: Arc::default(),
            unknown: Arc::default(),
            tries: Arc::default(),
            gate: Arc::default(),
            arrived: Arc::default(),
        };
        let serving = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let server = serving.clone();
                tokio::spawn(async move { server.talk(stream).await });
            }
        });
        Ok(server)
    }

    /// Its address, as `SMTP_URL` takes it.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The letters received so far.
    #[must_use]
    pub fn letters(&self) -> Vec<Letter> {
        self.letters.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many letters it was handed or asked to take, whatever became of them.
    #[must_use]
    pub fn tries(&self) -> usize {
        self.tries.load(Ordering::SeqCst)
    }

    /// Waits until so many letters have been kept.
    pub async fn has_received(&self, count: usize) {
        loop {
            let next = self.arrived.notified();
            tokio::pin!(next);
            next.as_mut().enable();
            if self.letters().len() >= count {
                return;
            }
            next.await;
        }
    }

    /// What it does with the next letters, before it takes them again.
    pub fn next(&self, treatments: impl IntoIterator<Item = Treatment>) {
        self.script.lock().unwrap_or_else(PoisonError::into_inner).extend(treatments);
    }

    /// Refuses so many letters from now on, for the moment (451).
    pub fn refuse(&self, letters: usize) {
        self.next(std::iter::repeat_n(Treatment::Refuse("451 not now"), letters));
    }

    /// Refuses every letter to this address from now on, for good (550).
    pub fn knows_nobody_at(&self, address: &str) {
        self.unknown.lock().unwrap_or_else(PoisonError::into_inner).insert(address.to_owned());
    }

    /// Lets every letter go that is stalled now.
    pub fn let_go(&self) {
        self.gate.notify_waiters();
    }

    async fn talk(&self, stream: TcpStream) -> std::io::Result<()> {
        let mut stream = BufReader::new(stream);
        stream.write_all(b"220 testkit ESMTP\r\n").await?;
        let mut letter = Letter::default();
        let mut line = String::new();
        loop {
            line.clear();
            if stream.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            let command = line.trim_end().to_owned();
            let address = || command.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
            let answer = match command.to_ascii_uppercase().split([' ', ':']).next().unwrap_or_default() {
                "EHLO" | "HELO" => "250 testkit".to_owned(),
                "MAIL" => {
                    letter = Letter { from: address(), ..Letter::default() };
                    "250 fine".to_owned()
                }
                "RCPT" if self.is_unknown(&address()) => {
                    self.tries.fetch_add(1, Ordering::SeqCst);
                    format!("550 no mailbox {} here", address())
                }
                "RCPT" => {
                    letter.to.push(address());
                    "250 fine".to_owned()
                }
                "DATA" => {
                    stream.write_all(b"354 go on\r\n").await?;
                    letter.raw = read_data(&mut stream).await?;
                    match self.treat(std::mem::take(&mut letter)).await {
                        Some(answer) => answer.to_owned(),
                        None => return Ok(()),
                    }
                }
                "QUIT" => {
                    stream.write_all(b"221 bye\r\n").await?;
                    return Ok(());
                }
                _ => "250 fine".to_owned(),
            };
            stream.write_all(format!("{answer}\r\n").as_bytes()).await?;
        }
    }

    fn is_unknown(&self, address: &str) -> bool {
        self.unknown.lock().unwrap_or_else(PoisonError::into_inner).contains(address)
    }

    /// Does with a letter what was said; `None` where the connection ends without an answer.
    async fn treat(&self, letter: Letter) -> Option<&'static str> {
        let treatment = self.script.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        let released = self.gate.notified();
        tokio::pin!(released);
        released.as_mut().enable();
        self.tries.fetch_add(1, Ordering::SeqCst);
        match treatment {
            Some(Treatment::Refuse(line)) => return Some(line),
            Some(Treatment::Drop) => return None,
            Some(Treatment::Stall) => released.await,
            Some(Treatment::KeepAndDrop | Treatment::AnswerTwice) | None => {}
        }
        self.letters.lock().unwrap_or_else(PoisonError::into_inner).push(letter);
        self.arrived.notify_waiters();
        match treatment {
            Some(Treatment::KeepAndDrop) => None,
            Some(Treatment::AnswerTwice) => Some("250 taken\r\n250 taken"),
            _ => Some("250 taken"),
        }
    }
}

async fn read_data(stream: &mut BufReader<TcpStream>) -> std::io::Result<String> {
    let mut data = String::new();
    loop {
        let mut line = String::new();
        // Whoever goes away halfway has sent no letter.
        if stream.read_line(&mut line).await? == 0 {
            return Err(Error::from(ErrorKind::UnexpectedEof));
        }
        if line == ".\r\n" {
            return Ok(data);
        }
        // A dot at the beginning was doubled on the way (section 4.5.2).
        data.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}

impl Letter {
    /// A header, unfolded; empty where it is missing.
    #[must_use]
    pub fn header(&self, name: &str) -> String {
        let head = self.raw.split("\r\n\r\n").next().unwrap_or_default().replace("\r\n ", " ");
        let found = head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':').map(str::to_owned));
        found.unwrap_or_default().trim().to_owned()
    }

    /// The part of this media type, such as `text/plain`, decoded.
    #[must_use]
    pub fn part(&self, media_type: &str) -> Option<String> {
        let start = self.raw.find(&format!("Content-Type: {media_type}"))?;
        let (headers, rest) = self.raw[start..].split_once("\r\n\r\n")?;
        let body = rest.split("\r\n--").next().unwrap_or(rest);
        Some(if headers.contains("quoted-printable") { unquoted(body) } else { body.to_owned() })
    }
}

/// Undoes quoted-printable (RFC 2045, section 6.7).
fn unquoted(text: &str) -> String {
    let joined = text.replace("=\r\n", "");
    let mut bytes = Vec::new();
    let mut rest = joined.as_str();
    while let Some((before, after)) = rest.split_once('=') {
        bytes.extend_from_slice(before.as_bytes());
        match after.get(..2).and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(b'=');
                rest = after;
            }
        }
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8_lossy(&bytes).into_owned()
}
