//! `catalogue seed`.

use std::path::Path;

use super::{Outcome, say};
use crate::config::Config;
use crate::{clock, startup};

/// Loads the demonstration content through the use cases that people use.
pub async fn run(config: &Config, folder: &Path) -> Outcome {
    let services = startup::open_services(config, clock::system()).await?;
    let report = services::seed::load(&services, folder, &mut |line| say(line)).await?;
    say(&report);
    Ok(())
}
