//! Opens the S3 service inside this process over a folder.

use std::fs::{self, File, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use s3s_fs::FileSystem;
use tokio::time::Instant;

use crate::client::EMBEDDED_KEY;
use crate::guard::Guard;
use crate::{StorageError, sweep};

const LOCK_FILE: &str = ".lock";
/// A process that is shutting down gets this long to let go of the folder.
const LOCK_WAIT: Duration = Duration::from_secs(3);
const LOCK_POLL: Duration = Duration::from_millis(50);

/// Creates the folder where absent, takes it for this process, and takes back parts whose joining was cut off.
///
/// The file returned holds the lock for as long as it lives.
pub(crate) async fn open(folder: &Path) -> Result<(s3s_aws::Client, File), StorageError> {
    let failed = |e: std::io::Error| StorageError::service("open its folder", e);
    fs::create_dir_all(folder).map_err(failed)?;
    let root = folder.canonicalize().map_err(failed)?;
    let lock = lock(&root).await?;
    sweep::take_back(&root).map_err(failed)?;
    let inner = FileSystem::new(&root).map_err(|e| StorageError::service("open its folder", format!("{e:?}")))?;
    Ok((service(inner, root).into(), lock))
}

/// Opens an empty folder in place of one that another process may hold.
///
/// Opening the held folder itself would clear the temporary files of uploads that are under way there.
pub(crate) fn stand_in(folder: &Path) -> Result<s3s_aws::Client, StorageError> {
    let failed = |e: std::io::Error| StorageError::service("open its folder", e);
    let beside = folder.join(".beside");
    fs::create_dir_all(&beside).map_err(failed)?;
    let root = beside.canonicalize().map_err(failed)?;
    let inner = FileSystem::new(&root).map_err(|e| StorageError::service("open its folder", format!("{e:?}")))?;
    Ok(service(inner, root).into())
}

fn service(inner: FileSystem, root: PathBuf) -> s3s::service::S3Service {
    let mut builder = S3ServiceBuilder::new(Guard::new(Arc::new(inner), root));
    builder.set_auth(SimpleAuth::from_single(EMBEDDED_KEY, EMBEDDED_KEY));
    builder.build()
}

/// Two processes in one folder would write over each other's temporary files.
async fn lock(root: &Path) -> Result<File, StorageError> {
    let failed = |e: std::io::Error| StorageError::service("lock its folder", e);
    let path = root.join(LOCK_FILE);
    let mut file = File::options().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
    let deadline = Instant::now() + LOCK_WAIT;
    loop {
        match file.try_lock() {
            Ok(()) => {
                // For whoever comes while it is held; what an earlier holder said is no more.
                file.set_len(0).map_err(failed)?;
                write!(file, "{}", std::process::id()).map_err(failed)?;
                return Ok(file);
            }
            Err(TryLockError::Error(e)) => return Err(failed(e)),
            Err(TryLockError::WouldBlock) if Instant::now() >= deadline => {
                let said = fs::read_to_string(&path).ok().and_then(|text| text.trim().parse::<u32>().ok());
                let holder = said.map(|id| format!(" as process {id}")).unwrap_or_default();
                return Err(StorageError::InUse { folder: root.display().to_string(), holder });
            }
            Err(TryLockError::WouldBlock) => tokio::time::sleep(LOCK_POLL).await,
        }
    }
}
