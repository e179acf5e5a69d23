//! Topics, the release calendar, the archive, corrections, and help.

mod archive;
mod archive_versions;
mod corrections;
mod help;
mod release;
mod release_forms;
mod releases;
mod topic;
mod topics;

pub use archive::Archive;
pub use corrections::Corrections;
pub use help::Help;
pub use release::{NewRelease, ReleasePage};
pub use releases::Releases;
pub use topic::TopicPage;
pub use topics::Topics;
