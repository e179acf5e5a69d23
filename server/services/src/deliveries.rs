//! What follows from publications: told to every receiver apart, at least once, in order for each bundle.
//!
//! `queue` writes the tasks in the transaction of what they follow from; `run` does those of one receiver; `operate` is
//! what operators do where something is owed. Why it is so: docs/adr/0018.

mod channels;
mod circuits;
mod held;
mod incidents;
mod messages;
mod operate;
mod outlets;
mod perform;
mod public_copy;
mod queue;
mod read;
mod run;
mod to_subscribers;
mod webhooks;

pub(crate) use channels::must_be_usable;
pub use channels::usable_channels;
pub use circuits::Circuits;
pub(crate) use held::HeldNews;
pub use held::gather_letters;
pub use incidents::alert_ways;
pub(crate) use incidents::queue_incident;
pub use operate::{must_know_step, replay, replay_alone, skip, skip_alone};
pub use outlets::{Jitter, Manner, Outlets, PublicBucket};
pub use public_copy::{public_address, verify_copies};
pub(crate) use queue::{
    answering, in_the_way, in_the_way_of, queue_at_risk, queue_failed, queue_published, waited_for, waiting_for,
};
pub use read::{TrackingStatus, WagtailStatus, check, receivers, tracking_status, wagtail_status};
pub use run::{Delivered, Outcome, run_due, run_due_while, take_up_again};
pub use webhooks::{
    NewWebhook, create_webhook, delete_webhook, edit_webhook, find_call, find_webhook, list_calls, list_webhooks,
    replay_call, rotate_secret, sent_by, test_webhook,
};
