//! The public side.

mod compare_versions;
mod corrections;
mod explore;
mod home;
mod publication_log;
mod register;
mod release_page;
mod releases;
mod search;
mod status;
mod suggest;
mod topic_page;
mod topics;
mod version_page;

pub use compare_versions::{CompareVersions, compare_versions};
pub use corrections::{Corrections, corrections};
pub use explore::{Explore, explore};
pub use home::{Home, home};
pub use publication_log::{PublicationLog, publication_log};
pub use register::{Register, register};
pub use release_page::{ReleasePageFor, release_page_for};
pub use releases::{Releases, releases};
pub use search::{Search, search};
pub use status::{Status, status};
pub use suggest::{Suggest, suggest};
pub use topic_page::{TopicPageFor, topic_page_for};
pub use topics::{Topics, topics};
pub use version_page::{NewestVersion, VersionPageFor, newest_version, version_page_for};
