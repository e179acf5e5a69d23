//! Forms and reads of the portal about bundles.

mod add_content;
mod approve;
mod cancel_schedule;
mod create;
mod delete;
mod edit;
mod fields;
mod list;
mod page;
mod progress;
mod publish_now;
mod queue;
mod reject;
mod remove_content;
mod replay_step;
mod request_changes;
mod reset;
mod retry;
mod schedule;
mod skip_step;
mod status;
mod submit;
mod teams;

pub use add_content::{AddContent, add_content};
pub use approve::{Approve, approve};
pub use cancel_schedule::{CancelSchedule, cancel_schedule};
pub use create::{Create, create};
pub use delete::{Delete, delete};
pub use edit::{Edit, edit};
pub use list::{List, list};
pub use page::{Page, page};
pub use progress::{Progress, progress};
pub use publish_now::{PublishNow, publish_now};
pub use queue::{Queue, queue};
pub use reject::{Reject, reject};
pub use remove_content::{RemoveContent, remove_content};
pub use replay_step::{ReplayStep, replay_step};
pub use request_changes::{RequestChanges, request_changes};
pub use reset::{Reset, reset};
pub use retry::{Retry, retry};
pub use schedule::{Schedule, schedule};
pub use skip_step::{SkipStep, skip_step};
pub use status::{Status, status};
pub use submit::{Submit, submit};
pub use teams::{Teams, teams};

pub use fields::{BundleFields, Moment};
#[cfg(not(target_family = "wasm"))]
pub(crate) use fields::{needed, number, page_of_form, read_retry, read_schedule, step, step_saying};
