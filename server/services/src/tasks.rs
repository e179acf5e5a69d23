//! The work that follows from commits.

use chrono::Duration;
use persistence::outbox::{self, Task};

use crate::{Result, Services, accounts, catalogue};

/// How long a node keeps a task to itself.
const HIDDEN: Duration = Duration::seconds(60);

/// Does the work that is due, once each; what fails comes back later. The number of tasks done.
pub async fn run_due(services: &Services) -> Result<usize> {
    let db = services.db.pool();
    let now = services.clock.now();
    let mut done = 0;
    for task in outbox::take_due(db, now, now + HIDDEN, 50).await? {
        match perform(services, &task).await {
            Ok(()) => {
                outbox::finish(db, &task.id, services.clock.now()).await?;
                done += 1;
            }
            Err(error) => {
                let wait = Duration::seconds(1_i64 << task.attempts.min(10));
                tracing::warn!(task = %task.kind, subject = %task.subject, attempts = task.attempts, error = &error as &dyn std::error::Error, "task failed, will be tried again");
                outbox::fail(db, &task.id, &error.to_string(), services.clock.now() + wait).await?;
            }
        }
    }
    Ok(done)
}

async fn perform(services: &Services, task: &Task) -> Result<()> {
    match task.kind.as_str() {
        "search_index" => {
            catalogue::sync_index(services).await?;
        }
        "place_bytes" => crate::files::place_bytes(services, &task.subject).await?,
        "alert" => {
            let message =
                task.payload.get("message").and_then(serde_json::Value::as_str).unwrap_or("Bundle publication failed");
            tracing::error!(bundle.id = %task.subject, alert = true, "{message}");
        }
        "mail" => accounts::send_letter(services, task).await?,
        other => tracing::error!(task = other, "a task of an unknown kind was left undone"),
    }
    Ok(())
}
