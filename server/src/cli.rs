//! The command line.

mod audit;
mod backup;
mod callers;
mod doctor;
mod publication_log;
mod rehearse;
mod seed;
mod serve;
mod tokens;
mod users;

use std::process::ExitCode;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use clap::{Parser, Subcommand};

use crate::api::described::Document;
use crate::config::Config;
use crate::{clock, startup, telemetry};

/// Bytes of stack for each worker. A page polls its whole chain of futures on one stack: layers of HTTP, the
/// components, the service, the storage's client; a development build needs more than the usual 2 MiB for that.
/// Memory that is not touched costs nothing.
const WORKER_STACK: usize = 8 << 20;

type Outcome = Result<(), Box<dyn std::error::Error + Send + Sync>>;

/// The dataset catalogue: public site, portal, API, search and scheduler in one program.
///
/// Settings come from the environment; `catalogue config` shows them all.
#[derive(Debug, Parser)]
#[command(name = "catalogue", version, after_help = "Example: DATA_DIR=/var/lib/catalogue catalogue serve")]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Bring the schema up to date, then serve (the default).
    #[command(after_help = "Example: BIND_ADDR=127.0.0.1:22000 catalogue serve")]
    Serve,
    /// Load the demonstration content; safe to repeat.
    #[command(after_help = "Example: catalogue seed --from ./seeds")]
    Seed {
        /// The folder that holds the content.
        #[arg(long, default_value = "./seeds", value_name = "FOLDER")]
        from: std::path::PathBuf,
    },
    /// Bring the database schema up to date and stop.
    #[command(after_help = "Example: DATABASE_URL=postgres://localhost/catalogue catalogue migrate")]
    Migrate,
    /// Make this node's search index anew from the database; stop the server first.
    #[command(after_help = "Example: catalogue reindex")]
    Reindex,
    /// Show the effective configuration with secrets masked.
    #[command(after_help = "Example: LOG_FORMAT=json catalogue config")]
    Config,
    /// Print the OpenAPI description of the JSON API.
    #[command(after_help = "Example: catalogue openapi > openapi.json")]
    Openapi,
    /// Make and mend accounts.
    User {
        #[command(subcommand)]
        command: users::UserCommand,
    },
    /// Make and revoke service tokens.
    Token {
        #[command(subcommand)]
        command: tokens::TokenCommand,
    },
    /// List callers that are blocked, and let them in again.
    Caller {
        #[command(subcommand)]
        command: callers::CallerCommand,
    },
    /// Prove that the audit trail is whole.
    Audit {
        #[command(subcommand)]
        command: audit::AuditCommand,
    },
    /// Prove that the public log of publications is whole.
    PublicationLog {
        #[command(subcommand)]
        command: publication_log::PublicationLogCommand,
    },
    /// Show everything that the next instant, or all until another one, would make public, and change nothing.
    #[command(after_help = "Example: catalogue rehearse --at 2026-12-01T09:30:00Z")]
    Rehearse {
        /// Until when, as RFC 3339 with its offset.
        #[arg(long, value_name = "INSTANT")]
        at: Option<DateTime<Utc>>,
    },
    /// Copy a SQLite database and the embedded storage into a folder while the server runs, and keep when that was.
    #[command(after_help = "Example: catalogue backup --to /backup/catalogue-2026-12-01T0900")]
    Backup {
        /// The folder, which is made; one that is there has to be empty.
        #[arg(long, value_name = "FOLDER", required_unless_present = "noted", conflicts_with = "noted")]
        to: Option<std::path::PathBuf>,
        /// Copy nothing and only keep that your own means have just made a backup, such as `pg_dump`.
        #[arg(long)]
        noted: bool,
    },
    /// Put a backup into an empty data folder; stop the server first.
    #[command(
        after_help = "Example: DATA_DIR=/var/lib/catalogue catalogue restore --from /backup/catalogue-2026-12-01T0900"
    )]
    Restore {
        /// The folder that `catalogue backup` made.
        #[arg(long, value_name = "FOLDER")]
        from: std::path::PathBuf,
    },
    /// Check database, storage, index and clock, and say how to mend what is wrong.
    #[command(after_help = "Example: catalogue doctor")]
    Doctor,
}

/// Reads the command line and runs the command; a failure ends with one line.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let config = match Config::from_environment() {
        Ok(config) => Arc::new(config),
        Err(error) => return fail(&format!("Wrong setting: {error}")),
    };
    let command = cli.command.unwrap_or(Command::Serve);
    let level = match command {
        Command::Serve => "info",
        // One of the demonstration bundles fails on purpose.
        Command::Seed { .. } => "off",
        _ => "warn",
    };
    let telemetry = telemetry::start(&config, level);
    let runtime = tokio::runtime::Builder::new_multi_thread().thread_stack_size(WORKER_STACK).enable_all().build();
    let outcome = match runtime {
        Ok(runtime) => {
            let outcome = runtime.block_on(run(command, config));
            runtime.shutdown_timeout(std::time::Duration::from_secs(1));
            outcome
        }
        Err(error) => Err(error.into()),
    };
    telemetry.finish();
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error.to_string()),
    }
}

async fn run(command: Command, config: Arc<Config>) -> Outcome {
    match command {
        Command::Serve => serve::run(config).await,
        Command::Seed { from } => seed::run(&config, &from).await,
        Command::Migrate => {
            startup::open_beside(&config, clock::system()).await?;
            say("The database schema is up to date.");
            Ok(())
        }
        Command::Reindex => {
            let services = startup::open_services(&config, clock::system()).await?;
            let count = services::catalogue::rebuild_index(&services).await?;
            say(&format!("The search index holds {count} datasets."));
            Ok(())
        }
        Command::Config => {
            for (name, value) in config.effective() {
                say(&format!("{name}={value}"));
            }
            Ok(())
        }
        Command::Openapi => {
            say(&serde_json::to_string_pretty(&Document::value(&config)?)?);
            Ok(())
        }
        Command::User { command } => users::run(&config, command).await,
        Command::Token { command } => tokens::run(&config, command).await,
        Command::Caller { command } => callers::run(&config, command).await,
        Command::Audit { command } => audit::run(&config, command).await,
        Command::PublicationLog { command } => publication_log::run(&config, command).await,
        Command::Rehearse { at } => rehearse::run(&config, at).await,
        Command::Backup { to, noted } => backup::make(&config, to.filter(|_| !noted)).await,
        Command::Restore { from } => backup::restore(&config, &from),
        Command::Doctor => doctor::run(&config).await,
    }
}

/// Writes a line for the person at the terminal.
#[expect(clippy::print_stdout, reason = "the command line's own answer")]
fn say(line: &str) {
    println!("{line}");
}

#[expect(clippy::print_stderr, reason = "the command line's own refusal")]
fn fail(line: &str) -> ExitCode {
    eprintln!("catalogue: {line}");
    ExitCode::FAILURE
}
