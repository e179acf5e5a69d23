//! The only place that reads the system's clocks.

use std::time::{Duration, Instant};

use services::Clock;

/// The system's clock.
#[must_use]
pub fn system() -> Clock {
    #[expect(clippy::disallowed_methods, reason = "the edge at which time enters the program")]
    Clock::new(chrono::Utc::now)
}

/// Measures how long something takes, whatever happens to the clock meanwhile.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Begins to measure.
    #[must_use]
    pub fn start() -> Self {
        #[expect(clippy::disallowed_methods, reason = "the edge at which time is measured")]
        Self(Instant::now())
    }

    /// The time since it was started.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}
