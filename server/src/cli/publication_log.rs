//! `catalogue publication-log …`.

use clap::Subcommand;

use super::{Outcome, say};
use crate::config::Config;
use crate::{clock, startup};

/// What can be done with the publication log.
#[derive(Debug, Subcommand)]
pub enum PublicationLogCommand {
    /// Check every record; ends with 1 and names the first that does not hold.
    #[command(after_help = "Example: catalogue publication-log verify")]
    Verify,
}

/// Runs the command.
pub async fn run(config: &Config, command: PublicationLogCommand) -> Outcome {
    let services = startup::open_beside(config, clock::system()).await?;
    match command {
        PublicationLogCommand::Verify => {
            let verdict = services::publication_log::verify(&services).await?;
            if let Some(broken) = verdict.broken {
                return Err(format!(
                    "The publication log does not hold at record {}: {} {} records before it hold.",
                    broken.sequence, broken.problem, verdict.sound
                )
                .into());
            }
            say(&format!("The publication log holds: {} records. The newest has the hash", verdict.sound));
            say(&verdict.head_hash);
        }
    }
    Ok(())
}
