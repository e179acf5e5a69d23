//! The public side: home, dataset pages, search, and keeping the index up to date.

mod home;
mod index_desk;
mod index_documents;
mod register;
mod search;
mod sync_index;
mod version_page;

pub use home::home;
pub(crate) use home::newest_chart;
pub use index_desk::{Rebuilding, begin_rebuild, index_desk, read_again};
pub use register::{WholeRegister, register};
pub(crate) use search::{found_among, run as run_search, with_present_topics};
pub use search::{offers, search, suggest};
pub(crate) use sync_index::{Staged, stage};
pub use sync_index::{rebuild_index, sync_index};
pub(crate) use version_page::version_page_with;
pub use version_page::{Scope, version_page, version_seen_by};
