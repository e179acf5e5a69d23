//! Subscriptions of the public: asked for, confirmed by whoever reads what comes to the address, told, ended.
//!
//! A publication leaves one task; `fan_out` makes of it one for each subscriber, in batches, and `tell` carries these out.
//! Why it is so: docs/adr/0021.

mod ask;
mod confirm;
mod fan_out;
mod keys;
mod letters;
mod manage;
mod news;
mod page;
mod readers;
mod searches;
mod tell;
mod telling;
mod wanted;
mod watched;
mod words;

pub use ask::{Asked, ForProgram, ask};
pub use confirm::{confirm, find_to_confirm};
pub(crate) use fan_out::{fan_out, tasks_of};
pub use keys::management_token;
pub use manage::{end, end_all, end_of, find, of_subscriber};
pub use page::{name, subscribe_page};
pub use readers::readers_of;
pub(crate) use tell::{call, end_gone, letter};
pub use wanted::Wanted;
pub use watched::{end_by_hand, subscriber_desk};
