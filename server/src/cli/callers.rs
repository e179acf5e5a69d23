//! `catalogue caller …`.

use clap::Subcommand;
use services::{Ctx, callers};

use super::{Outcome, say};
use crate::config::Config;
use crate::{clock, startup};

/// What can be done about callers that are let in no more.
#[derive(Debug, Subcommand)]
pub enum CallerCommand {
    /// List who is blocked, until when and why.
    #[command(after_help = "Example: catalogue caller list")]
    List,
    /// Let somebody in again, or everybody, such as an operator who was shut out.
    #[command(after_help = "Example: catalogue caller let-in --all")]
    LetIn {
        /// What stands for the caller in the list.
        #[arg(required_unless_present = "all", conflicts_with = "all")]
        subject: Option<String>,
        /// Let everybody in again.
        #[arg(long)]
        all: bool,
    },
}

/// Runs the command.
pub async fn run(config: &Config, command: CallerCommand) -> Outcome {
    let services = startup::open_beside(config, clock::system()).await?;
    let ctx = Ctx::system("command-line", services.clock.now());
    let blocks = callers::blocked(&services, &ctx).await?;
    match command {
        CallerCommand::List => {
            for block in blocks {
                let until = block.until.format("%F %H:%M");
                say(&format!(
                    "{} {}, until {until}, by {}: {}",
                    block.subject, block.title, block.blocked_by, block.reason
                ));
            }
        }
        CallerCommand::LetIn { subject, all } => {
            let named = |one: &str| all || subject.as_deref() == Some(one);
            let ends: Vec<String> = blocks.into_iter().map(|block| block.subject).filter(|one| named(one)).collect();
            if let Some(subject) = subject.as_deref().filter(|_| ends.is_empty()) {
                return Err(format!("{subject} is not blocked.").into());
            }
            for subject in &ends {
                callers::unblock(&services, &ctx, subject).await?;
            }
            say(&format!("Let in again: {}. Nodes that run follow within seconds.", ends.len()));
        }
    }
    Ok(())
}
