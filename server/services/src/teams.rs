//! Teams: who may preview what is shared with them.

mod change;
mod read;

pub use change::{NewTeam, create, delete, edit};
pub use read::{find, list};

use crate::records::About;

pub(crate) const fn team(id: &str) -> About<'_> {
    About { resource_type: "team", resource_id: id }
}
