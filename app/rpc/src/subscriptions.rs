//! Subscriptions of the public: asked for, confirmed, looked at, ended.

mod confirm;
mod end;
mod own;
mod page;
mod subscribe;

pub use confirm::{Confirm, ToConfirm, confirm, to_confirm};
pub use end::{End, EndAll, end, end_all};
pub use own::{Own, own};
pub use page::{SubscribePageFor, subscribe_page_for};
pub use subscribe::{Subscribe, subscribe};
