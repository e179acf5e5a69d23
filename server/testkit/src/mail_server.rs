//! A mail server that keeps what it is sent: real SMTP (RFC 5321) over TCP, on a free port of this machine.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// A running mail server; it ends with the test's runtime.
#[derive(Clone, Debug)]
pub struct MailServer {
    url: String,
    letters: Arc<Mutex<Vec<Letter>>>,
    to_refuse: Arc<AtomicUsize>,
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
        let server = Self { url, letters: Arc::default(), to_refuse: Arc::default() };
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

    /// Refuses so many letters from now on, for the moment (451).
    pub fn refuse(&self, letters: usize) {
        self.to_refuse.store(letters, Ordering::SeqCst);
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
            let answer: &[u8] = match command.to_ascii_uppercase().split([' ', ':']).next().unwrap_or_default() {
                "EHLO" | "HELO" => b"250 testkit\r\n",
                "MAIL" => {
                    letter = Letter { from: address(), ..Letter::default() };
                    b"250 fine\r\n"
                }
                "RCPT" => {
                    letter.to.push(address());
                    b"250 fine\r\n"
                }
                "DATA" => {
                    stream.write_all(b"354 go on\r\n").await?;
                    letter.raw = read_data(&mut stream).await?;
                    self.take(std::mem::take(&mut letter))
                }
                "QUIT" => {
                    stream.write_all(b"221 bye\r\n").await?;
                    return Ok(());
                }
                _ => b"250 fine\r\n",
            };
            stream.write_all(answer).await?;
        }
    }

    fn take(&self, letter: Letter) -> &'static [u8] {
        let one_less = |left: usize| left.checked_sub(1);
        if self.to_refuse.fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less).is_ok() {
            return b"451 not now\r\n";
        }
        self.letters.lock().unwrap_or_else(PoisonError::into_inner).push(letter);
        b"250 taken\r\n"
    }
}

async fn read_data(stream: &mut BufReader<TcpStream>) -> std::io::Result<String> {
    let mut data = String::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 || line == ".\r\n" {
            return Ok(data);
        }
        // A dot at the beginning was doubled on the way (section 4.5.2).
        data.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}

impl Letter {
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
