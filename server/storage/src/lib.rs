//! The only crate that knows the AWS SDK: objects in an S3 service, embedded or real.
//!
//! Both backends are spoken to through the same client, so nothing above this crate can tell them
//! apart. The embedded one answers inside the process from a folder and is used by one process at
//! a time.

mod beside;
mod client;
mod embedded;
mod error;
mod guard;
mod key;
mod local;
mod parts;
mod seal;
mod settings;
mod storage;
mod stream;
mod sweep;
mod sync;
mod upload;

pub use error::StorageError;
pub use parts::RunningHash;
pub use settings::{Backend, Secret, ServerSideEncryption, Settings};
pub use storage::{Headers, ObjectInfo, Storage};
pub use stream::ObjectStream;
pub use upload::{PART_SIZE, Stored};
