//! Forms and reads of administration about webhooks.

mod change;
mod fields;
mod read;
mod secret;

pub use change::{CreateWebhook, DeleteWebhook, EditWebhook, create_webhook, delete_webhook, edit_webhook};
pub use fields::WebhookFields;
pub use read::{WebhookListRead, WebhookRead, webhook_list_read, webhook_read};
pub use secret::{ReplayCall, RotateSecret, TestWebhook, replay_call, rotate_secret, test_webhook};
