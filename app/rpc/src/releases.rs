//! Forms and reads of the portal about the release calendar.

mod change;
mod fields;
mod read;
mod steps;

pub use change::{CreateRelease, DeleteRelease, EditRelease, create_release, delete_release, edit_release};
pub use fields::ReleaseFields;
pub use read::{NewReleaseRead, ReleaseListRead, ReleaseRead, new_release_read, release_list_read, release_read};
pub use steps::{
    AnnounceRelease, CancelRelease, ConfirmRelease, PostponeRelease, announce_release, cancel_release, confirm_release,
    postpone_release,
};
