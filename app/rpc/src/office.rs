//! Forms and reads of the page of the office's settings.

mod change;
mod read;

pub use change::{
    BackToDefault, BannerFields, SetBanner, SetFourEyes, SetMaintenance, SetPublicationTimes, SetRateLimits,
    SetReminders, SetSessions, back_to_default, set_banner, set_four_eyes, set_maintenance, set_publication_times,
    set_rate_limits, set_reminders, set_sessions,
};
pub use read::{SettingsRead, settings_read};
