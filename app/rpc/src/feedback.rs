//! What readers tell the office.

mod give;

pub use give::{GiveFeedback, give_feedback};
