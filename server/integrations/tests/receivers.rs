//! Every client against a real receiver that is slow, refuses, fails, drops the connection, or answers twice.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::time::Duration;

use chrono::DateTime;
use integrations::mail::{Letter, Mailer};
use integrations::slack::Slack;
use integrations::tracker::Tracker;
use integrations::wagtail::Wagtail;
use integrations::webhook::{Message, Webhooks, secret_of};
use integrations::{DeliveryError, Secret};
use serde_json::json;
use testkit::mail_server::{MailServer, Treatment};
use testkit::receiver::{Behaviour, Receiver};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};

/// Longer than any answer of a receiver that does answer.
const PATIENT: Duration = Duration::from_secs(60);
/// Over before a receiver that stalls is let go.
const IMPATIENT: Duration = Duration::from_millis(50);

/// Sends something to a receiver at this address, waiting no longer than told.
#[derive(Clone, Copy, Debug)]
enum Client {
    Wagtail,
    Tracker,
    Slack,
    Webhook,
}

const CLIENTS: [Client; 4] = [Client::Wagtail, Client::Tracker, Client::Slack, Client::Webhook];

impl Client {
    async fn send(self, url: &str, patience: Duration) -> Result<(), DeliveryError> {
        let key = Some(Secret::new("hush-hush"));
        match self {
            Self::Wagtail => {
                let wagtail = Wagtail::new(&format!("{url}/api/"), key, patience)?;
                wagtail.publish("a b/c", "task-1", &json!({"title": "Môn"})).await
            }
            Self::Tracker => {
                Tracker::new(url, key, patience)?.report("gdp", "task-1", &json!({"status": "published"})).await
            }
            Self::Slack => {
                let slack = Slack::new(Secret::new(format!("{url}/services/hush-hush")), patience)?;
                slack.write("Bundle published: R&D <1>", "http://site/admin", "task-1").await
            }
            Self::Webhook => {
                let message = Message { id: "task-1", timestamp: 1_795_000_000, body: "{}" };
                let hooks = Webhooks::new(patience, true)?;
                hooks.send(&format!("{url}/hook"), message, &[secret_of(&[1; 32])]).await.map(|_| ())
            }
        }
    }
}

#[tokio::test]
async fn what_is_sent_arrives_as_agreed() {
    let receiver = Receiver::start().await.unwrap();
    for client in CLIENTS {
        client.send(receiver.url(), PATIENT).await.unwrap();
    }
    let [wagtail, tracker, slack, webhook] = &receiver.received()[..] else { panic!("not four") };
    assert_eq!((wagtail.method.as_str(), wagtail.uri.path()), ("POST", "/api/bundles/a%20b%2Fc/publish"));
    assert_eq!((tracker.method.as_str(), tracker.uri.path()), ("PUT", "/datasets/gdp/status"));
    for request in [wagtail, tracker] {
        assert_eq!(request.header("authorization"), "Bearer hush-hush");
    }
    for request in [wagtail, tracker, slack] {
        assert_eq!(request.header("idempotency-key"), "task-1");
        assert_eq!(request.header("content-type"), "application/json");
    }
    assert_eq!(slack.text(), json!({"text": "Bundle published: R&amp;D &lt;1&gt;\n<http://site/admin>"}).to_string());
    assert_eq!((webhook.header("webhook-id"), webhook.header("webhook-timestamp")), ("task-1", "1795000000"));
}

#[tokio::test]
async fn a_receiver_that_cannot_work_now_is_told_from_one_that_refuses() {
    let receiver = Receiver::start().await.unwrap();
    for client in CLIENTS {
        receiver.next([
            Behaviour::Answer(500, "on\0fire"),
            Behaviour::Later(503, 90),
            Behaviour::Later(429, 7),
            Behaviour::Answer(400, "no such field"),
            Behaviour::Answer(302, ""),
            Behaviour::Drop,
        ]);
        let mut answers = Vec::new();
        for _ in 0..6 {
            answers.push(client.send(receiver.url(), PATIENT).await.unwrap_err());
        }
        assert!(receiver.received().iter().all(|request| request.uri.path() != "/followed"), "{client:?}");
        let unavailable = |n: usize, status, seconds: Option<u64>| match &answers[n] {
            DeliveryError::Unavailable { status: got, retry_after, .. } => {
                assert_eq!((*got, *retry_after), (status, seconds.map(Duration::from_secs)), "{client:?}");
            }
            other => panic!("{client:?}: {other:?}"),
        };
        unavailable(0, Some(500), None);
        unavailable(1, Some(503), Some(90));
        unavailable(2, Some(429), Some(7));
        unavailable(5, None, None);
        assert!(answers[0].to_string().contains("500: on fire"), "{}", answers[0]);
        for refused in &answers[3..5] {
            assert!(matches!(refused, DeliveryError::Refused { .. }), "{client:?}: {refused:?}");
        }
        assert!(!format!("{answers:?}").contains("hush-hush"));
    }
}

#[tokio::test]
async fn a_slow_receiver_and_none_at_all_are_unavailable() {
    let receiver = Receiver::start().await.unwrap();
    receiver.usually(Behaviour::Stall);
    // Nothing listens where something has just stopped to.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    for client in CLIENTS {
        for (url, patience, word) in [(receiver.url(), IMPATIENT, "in time"), (&nobody, PATIENT, "no connection")] {
            let error = client.send(url, patience).await.unwrap_err();
            assert!(matches!(error, DeliveryError::Unavailable { status: None, .. }), "{client:?}: {error:?}");
            let text = error.to_string();
            assert!(text.contains(word) && !text.contains("hush-hush"), "{client:?}: {text}");
        }
    }
    receiver.let_go();
}

/// Answers every request with 200 and, uncalled for, with 400.
async fn answering_twice() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut stream = BufReader::new(stream);
                loop {
                    let mut length = 0;
                    let mut line = String::new();
                    while line != "\r\n" {
                        line.clear();
                        if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
                            return;
                        }
                        let header = line.to_ascii_lowercase();
                        length = header.strip_prefix("content-length:").map_or(length, |n| n.trim().parse().unwrap());
                    }
                    let mut body = vec![0; length];
                    stream.read_exact(&mut body).await.unwrap();
                    let twice = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n";
                    if stream.write_all(twice.as_bytes()).await.is_err() {
                        return;
                    }
                }
            });
        }
    });
    url
}

#[tokio::test]
async fn a_second_answer_is_never_taken_for_that_to_the_next_request() {
    let url = answering_twice().await;
    let hooks = Webhooks::new(PATIENT, true).unwrap();
    let wagtail = Wagtail::new(&url, None, PATIENT).unwrap();
    let tracker = Tracker::new(&url, None, PATIENT).unwrap();
    let slack = Slack::new(Secret::new(format!("{url}/services/x")), PATIENT).unwrap();
    let mut arrived = [0; 4];
    for turn in 0..20 {
        let key = format!("task-{turn}");
        let message = Message { id: &key, timestamp: 1, body: "{}" };
        let outcomes = [
            wagtail.publish("bundle", &key, &json!({})).await,
            tracker.report("gdp", &key, &json!({})).await,
            slack.write("Bundle published", "http://site/admin", &key).await,
            hooks.send(&url, message, &[]).await.map(|_| ()),
        ];
        for (count, outcome) in arrived.iter_mut().zip(outcomes) {
            match outcome {
                Ok(()) => *count += 1,
                // The connection was dropped for what came over it; that is tried again.
                Err(error) => assert!(matches!(error, DeliveryError::Unavailable { .. }), "{error:?}"),
            }
        }
    }
    assert!(arrived.iter().all(|count| *count > 0), "{arrived:?}");
}

#[tokio::test]
async fn statuses_are_asked_for_and_a_stranger_is_nothing() {
    let receiver = Receiver::start().await.unwrap();
    let wagtail = Wagtail::new(receiver.url(), None, PATIENT).unwrap();
    let tracker = Tracker::new(receiver.url(), None, PATIENT).unwrap();
    receiver.next([
        Behaviour::Answer(200, r#"{"pages": 3}"#),
        Behaviour::Answer(404, ""),
        Behaviour::Answer(200, "<html>"),
    ]);
    assert_eq!(wagtail.status("b").await.unwrap(), Some(json!({"pages": 3})));
    assert_eq!(wagtail.status("b").await.unwrap(), None);
    assert!(wagtail.status("b").await.is_err());
    receiver.next([
        Behaviour::Answer(200, r#"{"seen": true}"#),
        Behaviour::Answer(404, ""),
        Behaviour::Answer(503, ""),
    ]);
    assert_eq!(tracker.status("gdp").await.unwrap(), Some(json!({"seen": true})));
    assert_eq!(tracker.status("gdp").await.unwrap(), None);
    assert!(tracker.check().await.is_err());
    assert!(wagtail.check().await.is_ok());
    assert_eq!(receiver.received().last().unwrap().uri.path(), "/health");
}

#[tokio::test]
async fn webhooks_never_lead_inside() {
    let receiver = Receiver::start().await.unwrap();
    let hooks = Webhooks::new(PATIENT, false).unwrap();
    let message = Message { id: "1", timestamp: 1, body: "{}" };
    let port = receiver.url().rsplit(':').next().unwrap();
    for host in ["127.0.0.1", "localhost", "[::1]", "169.254.169.254"] {
        let refused = hooks.send(&format!("https://{host}:{port}/"), message, &[]).await;
        assert!(matches!(refused, Err(DeliveryError::Refused { .. })), "{host}");
    }
    assert!(receiver.received().is_empty());
}

#[tokio::test]
async fn letters_carry_their_id_and_refusals_are_told_from_outages() {
    let server = MailServer::start().await.unwrap();
    let mailer = Mailer::new(server.url(), "Catalogue <catalogue@example.org>").unwrap();
    let now = DateTime::from_timestamp(1_795_000_000, 0).unwrap();
    let letter = Letter {
        id: Some("task-1".into()),
        to: "desk@example.org".into(),
        subject: "Bundle published".into(),
        text: "Plain".into(),
        html: "<p>HTML</p>".into(),
        unsubscribe: Some(format!("https://example.org/subscribe/manage?token={}", "a".repeat(120))),
    };
    server.refuse(1);
    let refused = mailer.send(&letter, now).await.unwrap_err();
    assert!(!refused.is_refusal(), "451 is for the moment");
    for _ in 0..2 {
        mailer.send(&letter, now).await.unwrap();
    }
    let letters = server.letters();
    assert_eq!(letters.len(), 2);
    for received in &letters {
        assert!(received.raw.contains("Message-ID: <task-1@example.org>"), "{}", received.raw);
        let unfolded = received.raw.replace("\r\n ", " ");
        let header = |name: &str| unfolded.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default().trim();
        let list = format!("<{}>", letter.unsubscribe.as_deref().unwrap());
        assert_eq!(header("List-Unsubscribe:"), list, "one address in one piece (RFC 8058)");
        assert_eq!(header("List-Unsubscribe-Post:"), "List-Unsubscribe=One-Click");
        assert_eq!(received.part("text/plain").unwrap().trim(), "Plain");
        assert!(received.part("text/html").unwrap().contains("<p>HTML</p>"));
    }
    for line in ["550 no such mailbox", "552 too large", "554 not wanted"] {
        server.next([Treatment::Refuse(line)]);
        assert!(mailer.send(&letter, now).await.unwrap_err().is_refusal(), "{line}");
    }
    // What it refuses of us, and a connection that is lost, say nothing of the letter.
    let others = ["421 closing", "530 say who you are first"].map(Treatment::Refuse);
    for treatment in others.into_iter().chain([Treatment::Drop, Treatment::KeepAndDrop]) {
        server.next([treatment]);
        assert!(!mailer.send(&letter, now).await.unwrap_err().is_refusal(), "{treatment:?}");
    }
    server.next([Treatment::AnswerTwice]);
    mailer.send(&letter, now).await.unwrap();
    server.next([Treatment::Stall]);
    let slow = tokio::time::timeout(IMPATIENT, mailer.send(&letter, now)).await;
    assert!(slow.is_err(), "it is waited for as long as whoever sends is patient");
    let nobody = Letter { to: "nobody".into(), ..letter };
    assert!(mailer.send(&nobody, now).await.unwrap_err().is_refusal());
    assert!(mailer.check().await.is_ok());
}
