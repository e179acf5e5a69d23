//! Sessions in the database.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use persistence::sessions::{self, StoredSession};
use services::Services;
use time::OffsetDateTime;
use tower_sessions::SessionStore;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result};

/// The field of a session that names who is signed in.
pub const USER_ID: &str = "user_id";

/// Keeps sessions in the `sessions` table.
#[derive(Clone, Debug)]
pub struct DatabaseSessions {
    services: Services,
}

impl DatabaseSessions {
    /// A store over the services' database.
    #[must_use]
    pub const fn new(services: Services) -> Self {
        Self { services }
    }
}

fn stored(record: &Record) -> Result<StoredSession> {
    let expires = DateTime::<Utc>::from_timestamp(record.expiry_date.unix_timestamp(), 0);
    Ok(StoredSession {
        id: record.id.to_string(),
        user_id: record.data.get(USER_ID).and_then(|value| value.as_str()).map(ToOwned::to_owned),
        data: serde_json::to_string(&record.data).map_err(|e| Error::Encode(e.to_string()))?,
        expires_at: expires.ok_or_else(|| Error::Encode("an expiry out of range".to_owned()))?,
    })
}

fn backend(error: &persistence::PersistenceError) -> Error {
    tracing::error!(error = error as &dyn std::error::Error, "sessions cannot be read or written");
    Error::Backend(error.to_string())
}

#[async_trait]
impl SessionStore for DatabaseSessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        loop {
            match sessions::insert(self.services.db.pool(), &stored(record)?).await {
                Err(persistence::PersistenceError::Duplicate(_)) => record.id = Id::default(),
                other => return other.map_err(|e| backend(&e)),
            }
        }
    }

    async fn save(&self, record: &Record) -> Result<()> {
        sessions::save(self.services.db.pool(), &stored(record)?).await.map_err(|e| backend(&e))
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let now = self.services.clock.now();
        let found = sessions::load(self.services.db.pool(), &id.to_string(), now).await.map_err(|e| backend(&e))?;
        found
            .map(|session| {
                Ok(Record {
                    id: *id,
                    data: serde_json::from_str(&session.data).map_err(|e| Error::Decode(e.to_string()))?,
                    expiry_date: OffsetDateTime::from_unix_timestamp(session.expires_at.timestamp())
                        .map_err(|e| Error::Decode(e.to_string()))?,
                })
            })
            .transpose()
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        sessions::delete(self.services.db.pool(), &id.to_string()).await.map_err(|e| backend(&e))
    }
}
