//! Forms and reads of the portal about the archive and corrections.

mod change;
mod read;

pub use change::{HoldVersion, LetGo, SetArchivePolicy, hold_version, let_go, set_archive_policy};
pub use read::{ArchiveRead, CorrectionsRead, NewCorrectionRead, archive_read, corrections_read, new_correction_read};
