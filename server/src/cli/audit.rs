//! `catalogue audit …`.

use clap::Subcommand;
use services::Ctx;

use super::{Outcome, say};
use crate::config::Config;
use crate::{clock, startup};

/// What can be done with the audit trail.
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Check every record; ends with 1 and names the first that does not hold.
    #[command(after_help = "Example: catalogue audit verify")]
    Verify,
}

/// Runs the command.
pub async fn run(config: &Config, command: AuditCommand) -> Outcome {
    let services = startup::open_beside(config, clock::system()).await?;
    let ctx = Ctx::system("command-line", services.clock.now());
    match command {
        AuditCommand::Verify => {
            let verdict = services::audit::verify(&services, &ctx).await?;
            if let Some(broken) = verdict.broken {
                let id = broken.id.map_or_else(|| "without an id".to_owned(), |id| format!("id {id}"));
                return Err(format!(
                    "The audit trail does not hold at record {} ({id}): {} {} records before it hold.",
                    broken.sequence, broken.problem, verdict.sound
                )
                .into());
            }
            say(&format!("The audit trail holds: {} records. The newest has the hash", verdict.sound));
            say(&verdict.head_hash);
        }
    }
    Ok(())
}
