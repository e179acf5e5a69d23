//! Views of the portal's lists that somebody keeps under a name.

mod change;
mod read;

pub use change::{DeleteView, SaveView, delete_view, save_view};
pub use read::{SavedViewsRead, saved_views_read};
