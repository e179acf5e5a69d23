//! Sending letters over SMTP (RFC 5321), each with a part in plain text and the same in HTML.

use std::time::{Duration, SystemTime};

use chrono::{DateTime, Utc};
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::response::{Category, Severity};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

/// How long a mail server may take to be connected to; how long the rest may take is up to who sends.
const PATIENCE: Duration = Duration::from_secs(10);

const LIST_UNSUBSCRIBE: HeaderName = HeaderName::new_from_ascii_str("List-Unsubscribe");
const ONE_CLICK: HeaderName = HeaderName::new_from_ascii_str("List-Unsubscribe-Post");

/// Why a letter was not sent.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The server's address cannot be read.
    #[error("the mail server's address cannot be read")]
    Address,
    /// A sender or recipient is no mail address.
    #[error("not a mail address: {0}")]
    Mailbox(#[from] lettre::address::AddressError),
    /// The letter cannot be put together.
    #[error("the letter cannot be put together")]
    Letter(#[from] lettre::error::Error),
    /// The server did not take it.
    #[error("the mail server did not take the letter: {0}")]
    Server(#[from] lettre::transport::smtp::Error),
}

/// A letter to one person.
#[derive(Clone, Debug)]
pub struct Letter {
    /// By which it is known, the same however often it is sent; made up by the sender where none is given.
    pub id: Option<String>,
    /// The recipient's address.
    pub to: String,
    /// What it is about.
    pub subject: String,
    /// The words, as plain text.
    pub text: String,
    /// The same words as HTML.
    pub html: String,
    /// Where a reader's program ends the letters with one click (RFC 8058), for letters that somebody subscribed to.
    pub unsubscribe: Option<String>,
}

/// Sends letters; cheap to clone.
#[derive(Clone, Debug)]
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl MailError {
    /// Whether the server took the connection and refused the letter or its reader for good (55x), rather than being down.
    ///
    /// What it refuses of us, such as our password (535), is mended in our settings, and says nothing of the letter.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::Server(error) => error.status().is_some_and(|code| {
                code.severity == Severity::PermanentNegativeCompletion && code.category == Category::MailSystem
            }),
            Self::Address | Self::Mailbox(_) | Self::Letter(_) => true,
        }
    }
}

impl Mailer {
    /// A sender of letters over a server such as `smtps://user:password@mail.example.org`, `smtp://…:587?tls=required`
    /// or `smtp://127.0.0.1:25`; nothing is sent yet.
    pub fn new(url: &str, from: &str) -> Result<Self, MailError> {
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(|_| MailError::Address)?;
        Ok(Self { transport: builder.timeout(Some(PATIENCE)).build(), from: from.parse()? })
    }

    /// Whether the server answers.
    pub async fn check(&self) -> Result<(), MailError> {
        self.transport.test_connection().await?;
        Ok(())
    }

    /// Sends a letter, dated `now`; returns when the server has taken it.
    pub async fn send(&self, letter: &Letter, now: DateTime<Utc>) -> Result<(), MailError> {
        let micros = u64::try_from(now.timestamp_micros()).unwrap_or(0);
        let mut message = Message::builder()
            .from(self.from.clone())
            .to(letter.to.parse()?)
            .subject(&letter.subject)
            .date(SystemTime::UNIX_EPOCH + Duration::from_micros(micros))
            .message_id(letter.id.as_ref().map(|id| format!("<{id}@{}>", self.from.email.domain())))
            .multipart(MultiPart::alternative_plain_html(letter.text.clone(), letter.html.clone()))?;
        if let Some(address) = &letter.unsubscribe {
            let headers = message.headers_mut();
            headers.insert_raw(HeaderValue::new(LIST_UNSUBSCRIBE, format!("<{address}>")));
            headers.insert_raw(HeaderValue::new(ONE_CLICK, "List-Unsubscribe=One-Click".to_owned()));
        }
        self.transport.send(message).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn addresses_are_read_or_refused() {
        for url in
            ["smtp://127.0.0.1:2525", "smtps://user:p%40ss@mail.example.org", "smtp://mail.example.org?tls=required"]
        {
            assert!(Mailer::new(url, "Catalogue <catalogue@example.org>").is_ok(), "{url}");
        }
        for url in ["mail.example.org", "http://mail.example.org", "smtp://mail.example.org?tls=perhaps"] {
            assert!(matches!(Mailer::new(url, "catalogue@example.org"), Err(MailError::Address)), "{url}");
        }
        assert!(matches!(Mailer::new("smtp://127.0.0.1", "nobody"), Err(MailError::Mailbox(_))));
    }
}
