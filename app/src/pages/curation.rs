//! Topics, the search desk, the release calendar, the archive, corrections, feedback, imports, and help.

mod answering;
mod archive;
mod archive_sizes;
mod archive_versions;
mod correction_new;
mod corrections;
mod feedback;
mod help;
mod help_steps;
mod import_undo;
mod imports;
mod release;
mod release_forms;
mod releases;
mod search_desk;
mod synonyms;
mod topic;
mod topics;

pub use archive::Archive;
pub use correction_new::NewCorrection;
pub use corrections::Corrections;
pub use feedback::FeedbackInbox;
pub use help::{GuidePage, Help};
pub use import_undo::ImportPage;
pub use imports::Imports;
pub use release::{NewRelease, ReleasePage};
pub use releases::Releases;
pub use search_desk::SearchDesk;
pub use synonyms::{NewSynonyms, SynonymPage, Synonyms};
pub use topic::TopicPage;
pub use topics::Topics;
