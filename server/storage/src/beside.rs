//! Looking at objects in the folder of an embedded service that another process holds: nothing there is written or cleared away.

use std::collections::HashMap;
use std::io;
use std::path::Path;

use serde_json::Value;

use crate::storage::{SHA256, media_type};
use crate::{ObjectInfo, Storage, StorageError, seal, sync};

impl Storage {
    /// Whether objects can be looked at: not where a folder is stood in for that holds no bucket.
    #[must_use]
    pub fn shows_objects(&self) -> bool {
        self.held_elsewhere.as_ref().is_none_or(|root| root.join(&*self.bucket).is_dir())
    }

    /// The same as [`Storage::head`] for a folder that another process may hold.
    pub(crate) async fn head_beside(&self, root: &Path, key: &str) -> Result<Option<ObjectInfo>, StorageError> {
        let failed = |error: io::Error| StorageError::service("describe an object", error);
        let path = sync::object_path(root, &self.bucket, key);
        let found = there(tokio::fs::metadata(path).await).map_err(failed)?;
        let Some(found) = found.filter(std::fs::Metadata::is_file) else { return Ok(None) };
        let attributes =
            there(tokio::fs::read(sync::attributes_path(root, &self.bucket, key)).await).map_err(failed)?;
        let attributes: Value =
            attributes.map_or(Ok(Value::Null), |text| serde_json::from_slice(&text)).map_err(|e| failed(e.into()))?;
        let given = given_with(&attributes);
        let sealed = self.seal_of(Some(&given))?.is_some();
        let size = if sealed { seal::plain_size(found.len()) } else { found.len() };
        let told = |name: &str| attributes.get(name).and_then(Value::as_str).map(str::to_owned);
        Ok(Some(ObjectInfo {
            size,
            media_type: media_type(told("content_type")),
            disposition: told("content_disposition"),
            sha256: given.get(SHA256).cloned(),
            encryption: None,
        }))
    }
}

/// The metadata that an object was stored with.
fn given_with(attributes: &Value) -> HashMap<String, String> {
    let given = attributes.get("user_metadata").and_then(Value::as_object);
    let texts = given.into_iter().flatten().filter_map(|(name, text)| Some((name.clone(), text.as_str()?.to_owned())));
    texts.collect()
}

/// What was found, if it is there at all; a file where a folder would have to be means that it is not.
fn there<T>(found: io::Result<T>) -> io::Result<Option<T>> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
        Err(e) => Err(e),
    }
}
