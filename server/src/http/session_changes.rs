//! Carries out what an answer wants done to the session.

use chrono::{DateTime, Utc};
use rpc::visit::{Changes, SessionChange};
use tower_sessions::Session;
use tower_sessions::session::Error;

use super::session_fields::{
    ADDRESS, BROWSER, FLASH, ID_TOKEN, LAST_SEEN, PASSKEY, PENDING, Pending, SIGN_OUT, SIGNED_IN_AT, USER_ID,
};

/// From where somebody signs in.
#[derive(Clone, Debug)]
pub struct Device {
    /// The browser and system.
    pub browser: String,
    /// The client's address.
    pub address: String,
}

/// Carries the changes out.
pub async fn carry_out(session: &Session, changes: Changes, device: &Device, now: DateTime<Utc>) -> Result<(), Error> {
    match changes.session {
        Some(SessionChange::SignedIn { user_id, id_token }) => {
            forget_who(session).await?;
            keep_token(session, id_token).await?;
            begin(session, user_id, device, now).await?;
        }
        Some(SessionChange::SecondStepTaken { user_id }) => begin(session, user_id, device, now).await?,
        Some(SessionChange::SecondStep { user_id, id_token }) => {
            forget_who(session).await?;
            keep_token(session, id_token).await?;
            session.cycle_id().await?;
            session.insert(PENDING, Pending { user_id, since: now }).await?;
        }
        Some(SessionChange::SignedOut) => {
            let token = session.get::<String>(ID_TOKEN).await?;
            session.flush().await?;
            if let Some(token) = token {
                session.insert(SIGN_OUT, token).await?;
            }
        }
        None => {}
    }
    if let Some(flash) = changes.flash {
        session.insert(FLASH, flash).await?;
    }
    Ok(())
}

/// Begins somebody's session under a new id.
async fn begin(session: &Session, user_id: String, device: &Device, now: DateTime<Utc>) -> Result<(), Error> {
    session.cycle_id().await?;
    session.remove_value(PENDING).await?;
    session.remove_value(PASSKEY).await?;
    session.insert(USER_ID, user_id).await?;
    session.insert(SIGNED_IN_AT, now).await?;
    session.insert(LAST_SEEN, now).await?;
    session.insert(BROWSER, &device.browser).await?;
    session.insert(ADDRESS, &device.address).await
}

/// Nothing of whoever used this browser before stays.
async fn forget_who(session: &Session) -> Result<(), Error> {
    for name in [USER_ID, PENDING, PASSKEY, ID_TOKEN, SIGN_OUT, SIGNED_IN_AT] {
        session.remove_value(name).await?;
    }
    Ok(())
}

async fn keep_token(session: &Session, id_token: Option<String>) -> Result<(), Error> {
    match id_token {
        Some(token) => session.insert(ID_TOKEN, token).await,
        None => Ok(()),
    }
}
