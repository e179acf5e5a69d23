//! New ids: UUIDv7, in order of time even within one millisecond.

use std::sync::Mutex;

use chrono::{DateTime, Utc};
use uuid::{ContextV7, Timestamp, Uuid};

static CONTEXT: Mutex<Option<ContextV7>> = Mutex::new(None);

/// A new id made at `now`.
#[must_use]
pub fn new_id(now: DateTime<Utc>) -> String {
    let seconds = u64::try_from(now.timestamp()).unwrap_or(0);
    let mut slot = CONTEXT.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let context = slot.get_or_insert_with(ContextV7::new);
    Uuid::new_v7(Timestamp::from_unix(&*context, seconds, now.timestamp_subsec_nanos())).to_string()
}

/// A new id that tells nothing and cannot be guessed, for what is protected by its address alone.
#[must_use]
pub fn unguessable() -> String {
    let [bytes @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = crate::accounts::secret_bytes();
    uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
}
