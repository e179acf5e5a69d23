//! Holding an upload while it is written, however slowly its bytes come.

use std::time::Duration;

use persistence::uploads;
use tokio_util::task::AbortOnDropHandle;

use super::UploadError;
use crate::{Services, ids};

/// An upload held by one request; renewed until it is dropped.
pub(super) struct Held {
    services: Services,
    id: String,
    /// Under which name.
    pub(super) holder: String,
    _renewing: AbortOnDropHandle<()>,
}

impl Held {
    /// Takes the upload, unless another request has it.
    pub(super) async fn take(services: &Services, id: &str) -> Result<Self, UploadError> {
        let (now, lease) = (services.clock.now(), services.settings.lease);
        let holder = format!("{}/{}", services.settings.node, ids::new_id(now));
        if !uploads::take(services.db.pool(), id, &holder, now, now + lease).await? {
            return Err(UploadError::Held);
        }
        let renewing = tokio::spawn(renew(services.clone(), id.to_owned(), holder.clone()));
        Ok(Self { services: services.clone(), id: id.to_owned(), holder, _renewing: AbortOnDropHandle::new(renewing) })
    }

    /// Lets go of it.
    pub(super) async fn release(self) {
        if let Err(error) = uploads::release(self.services.db.pool(), &self.id, &self.holder).await {
            tracing::warn!(upload.id = %self.id, error = &error as &dyn std::error::Error, "an upload stays held until its time is over");
        }
    }
}

async fn renew(services: Services, id: String, holder: String) {
    let lease = services.settings.lease;
    let pause = (lease / 3).to_std().unwrap_or(Duration::from_secs(10)).max(Duration::from_millis(10));
    loop {
        tokio::time::sleep(pause).await;
        match uploads::renew(services.db.pool(), &id, &holder, services.clock.now() + lease).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => {
                tracing::warn!(upload.id = %id, error = &error as &dyn std::error::Error, "an upload cannot be held longer");
            }
        }
    }
}
