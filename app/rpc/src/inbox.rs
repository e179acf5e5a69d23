//! What readers told, for those who deal with it.

mod handle;
mod list;

pub use handle::{HandleFeedback, PutBackFeedback, handle_feedback, put_back_feedback};
pub use list::{InboxAsked, InboxRead, inbox_read};
