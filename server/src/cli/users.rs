//! `catalogue user …`.

use clap::Subcommand;
use domain::policy::{Grant, Role};
use services::Ctx;
use services::accounts::{self, NewUser};

use super::{Outcome, say};
use crate::config::Config;
use crate::{clock, startup};

/// What can be done to accounts.
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Make an account.
    #[command(
        after_help = "Example: catalogue user create ann@example.org --name 'Ann Lee' --role editor --password 'three longish words'"
    )]
    Create {
        /// The address to sign in with.
        email: String,
        /// The name shown to colleagues.
        #[arg(long)]
        name: String,
        /// A role; repeat for several. One of previewer, editor, reviewer, approver, operator, admin.
        #[arg(long = "role", required = true, value_parser = role)]
        roles: Vec<Role>,
        /// A department that the roles are limited to; repeat for several.
        #[arg(long = "department")]
        departments: Vec<String>,
        /// The first password, 14 characters or more.
        #[arg(long)]
        password: String,
    },
    /// List all accounts.
    #[command(after_help = "Example: catalogue user list")]
    List,
    /// Give somebody a new password and end all their sessions.
    #[command(after_help = "Example: catalogue user reset-password ann@example.org --password 'three other words'")]
    ResetPassword {
        /// The address of the account.
        email: String,
        /// The new password, 14 characters or more.
        #[arg(long)]
        password: String,
    },
}

fn role(text: &str) -> Result<Role, String> {
    Role::parse(text).ok_or_else(|| {
        let known: Vec<&str> = Role::ALL.iter().map(|role| role.as_str()).collect();
        format!("use one of {}", known.join(", "))
    })
}

/// Runs the command.
pub async fn run(config: &Config, command: UserCommand) -> Outcome {
    let services = startup::open_beside(config, clock::system()).await?;
    let ctx = Ctx::system("command-line", services.clock.now());
    match command {
        UserCommand::Create { email, name, roles, departments, password } => {
            let grants =
                roles.into_iter().map(|role| Grant { departments: departments.clone(), ..Grant::of(role) }).collect();
            let user =
                accounts::create_user(&services, &ctx, NewUser { email, name, password: Some(password), grants })
                    .await?;
            say(&format!("Made the account of {}.", user.email));
        }
        UserCommand::List => {
            for user in accounts::list_users(&services, &ctx).await? {
                let roles: Vec<&str> = user.grants.iter().map(|grant| grant.role.as_str()).collect();
                say(&format!("{:<32} {:<28} {}", user.email, user.name, roles.join(", ")));
            }
        }
        UserCommand::ResetPassword { email, password } => {
            accounts::reset_password(&services, &ctx, &email, &password).await?;
            say(&format!("{email} has a new password, and all sessions have ended."));
        }
    }
    Ok(())
}
