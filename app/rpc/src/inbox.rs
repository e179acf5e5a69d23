//! What readers told, for those who deal with it.

mod handle;
mod list;

pub use handle::{
    AssignFeedback, HandleFeedback, LinkFeedback, PutBackFeedback, ReplyToFeedback, assign_feedback, handle_feedback,
    link_feedback, put_back_feedback, reply_to_feedback,
};
pub use list::{InboxAsked, InboxRead, inbox_read};
