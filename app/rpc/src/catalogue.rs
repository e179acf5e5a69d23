//! The public side.

mod home;
mod search;
mod suggest;
mod topics;
mod version_page;

pub use home::{Home, home};
pub use search::{Search, search};
pub use suggest::{Suggest, suggest};
pub use topics::{Topics, topics};
pub use version_page::{VersionPageFor, version_page_for};
