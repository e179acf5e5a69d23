//! The only place that reads the system's clock.

use services::Clock;

/// The system's clock.
#[must_use]
pub fn system() -> Clock {
    #[expect(clippy::disallowed_methods, reason = "the edge at which time enters the program")]
    Clock::new(chrono::Utc::now)
}
