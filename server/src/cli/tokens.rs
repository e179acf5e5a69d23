//! `catalogue token …`.

use clap::Subcommand;
use domain::page::Paging;
use domain::policy::{Grant, Role};
use services::Ctx;
use services::accounts::{self, NewToken};

use super::{Outcome, say};
use crate::config::Config;
use crate::{clock, startup};

/// What can be done to service tokens.
#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Make a service token and print its secret once.
    #[command(after_help = "Example: catalogue token create nightly-loader --role editor")]
    Create {
        /// What it is for.
        name: String,
        /// A role; repeat for several.
        #[arg(long = "role", required = true)]
        roles: Vec<String>,
        /// Let it approve what it prepared itself.
        #[arg(long)]
        approve_own: bool,
    },
    /// List all tokens with their last use.
    #[command(after_help = "Example: catalogue token list")]
    List,
    /// End a token by its id or name.
    #[command(after_help = "Example: catalogue token revoke nightly-loader")]
    Revoke {
        /// The token's id or name.
        token: String,
    },
}

/// Runs the command.
pub async fn run(config: &Config, command: TokenCommand) -> Outcome {
    let services = startup::open_beside(config, clock::system()).await?;
    let ctx = Ctx::system("command-line", services.clock.now());
    match command {
        TokenCommand::Create { name, roles, approve_own } => {
            let grants = roles
                .iter()
                .map(|text| Role::parse(text).map(Grant::of).ok_or_else(|| format!("There is no role {text}.")))
                .collect::<Result<_, _>>()?;
            let new = NewToken { name, grants, approve_own, expires_at: None };
            let (token, secret) = accounts::create_token(&services, &ctx, new).await?;
            say(&format!("Made the token {} ({}). Its secret is shown only now:", token.name, token.id));
            say(&secret);
        }
        TokenCommand::List => {
            for token in accounts::list_tokens(&services, &ctx, None, None, Paging::WHOLE).await?.items {
                let roles: Vec<&str> = token.grants.iter().map(|grant| grant.role.as_str()).collect();
                let used =
                    token.last_used_at.map_or_else(|| "never".to_owned(), |at| at.format("%F %H:%M").to_string());
                let state = if token.is_live(ctx.now) { "" } else { ", ended" };
                say(&format!("{} {:<28} {}, last used {used}{state}", token.id, token.name, roles.join(", ")));
            }
        }
        TokenCommand::Revoke { token } => match accounts::revoke_token(&services, &ctx, &token).await? {
            0 => return Err(format!("There is no live token {token}.").into()),
            n => say(&format!("Ended {n} token(s).")),
        },
    }
    Ok(())
}
