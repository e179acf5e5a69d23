//! Sessions in the database.

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use persistence::sessions::{self, SessionDetails, StoredSession};
use serde::de::DeserializeOwned;
use services::Services;
use time::OffsetDateTime;
use tower_sessions::SessionStore;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result};

use super::session_fields::{ADDRESS, BROWSER, LAST_SEEN, SIGNED_IN_AT, USER_ID};

/// Keeps sessions in the `sessions` table; each lives for so long after it was last saved, by the site's own clock.
#[derive(Clone, Debug)]
pub struct DatabaseSessions {
    services: Services,
    idle: TimeDelta,
}

impl DatabaseSessions {
    /// A store over the services' database.
    #[must_use]
    pub const fn new(services: Services, idle: TimeDelta) -> Self {
        Self { services, idle }
    }

    fn stored(&self, record: &Record) -> Result<StoredSession> {
        Ok(StoredSession {
            id: record.id.to_string(),
            user_id: field(record, USER_ID),
            data: serde_json::to_string(&record.data).map_err(|e| Error::Encode(e.to_string()))?,
            expires_at: self.services.clock.now() + self.idle,
            details: SessionDetails {
                created_at: field::<DateTime<Utc>>(record, SIGNED_IN_AT),
                last_seen_at: field::<DateTime<Utc>>(record, LAST_SEEN),
                browser: field(record, BROWSER),
                address: field(record, ADDRESS),
            },
        })
    }
}

fn field<T: DeserializeOwned>(record: &Record, name: &str) -> Option<T> {
    record.data.get(name).and_then(|value| T::deserialize(value).ok())
}

fn backend(error: &persistence::PersistenceError) -> Error {
    tracing::error!(error = error as &dyn std::error::Error, "sessions cannot be read or written");
    Error::Backend(error.to_string())
}

#[async_trait]
impl SessionStore for DatabaseSessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        loop {
            match sessions::insert(self.services.db.pool(), &self.stored(record)?).await {
                Err(persistence::PersistenceError::Duplicate(_)) => record.id = Id::default(),
                other => return other.map_err(|e| backend(&e)),
            }
        }
    }

    async fn save(&self, record: &Record) -> Result<()> {
        sessions::save(self.services.db.pool(), &self.stored(record)?).await.map_err(|e| backend(&e))
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
