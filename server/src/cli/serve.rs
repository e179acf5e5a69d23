//! `catalogue serve`.

use std::sync::Arc;

use persistence::accounts;
use services::{Ctx, Services};
use tokio::net::TcpListener;

use super::{Outcome, say};
use crate::config::Config;
use crate::http::at_once::PerConnection;
use crate::http::patient::PatientListener;
use crate::{background, clock, startup};

/// Serves until told to stop, then lets requests and publications under way finish and writes down what was counted.
pub async fn run(config: Arc<Config>) -> Outcome {
    let services = startup::open_services(&config, clock::system()).await?;
    let (state, site) = startup::build(config.clone(), services);
    match services::uploads::take_up_again(&state.services).await? {
        0 => {}
        uploads => tracing::warn!(uploads, "uploads that this node had left halfway can go on"),
    }
    let listener = TcpListener::bind(config.bind_addr).await.map_err(|e| {
        format!("Cannot listen on {}: {e}. Choose another BIND_ADDR or stop what uses it.", config.bind_addr)
    })?;
    let address = listener.local_addr()?;
    let stop = state.ending.clone();
    let tasks = background::start(&state, &stop);
    tracing::info!(%address, database = state.services.db.kind(), node = %state.services.settings.node, "serving");
    say(&format!("The catalogue is at http://{address}"));
    if config.demo {
        welcome(&state.services, &config).await?;
    }
    let ending = stop.clone();
    let listener = PatientListener::new(listener, config.request_timeout);
    let serving =
        axum::serve(listener, PerConnection(site)).with_graceful_shutdown(async move { ending.cancelled().await });
    let serving = tokio::spawn(serving.into_future());
    until_told().await;
    tracing::info!("stopping");
    stop.cancel();
    background::end(&state, serving, tasks, config.graceful_shutdown_timeout).await;
    Ok(())
}

/// Gives the demonstration people a password and prints how to sign in.
async fn welcome(services: &Services, config: &Config) -> Outcome {
    let ctx = Ctx::system("demo", services.clock.now());
    let password = config.demo_password.clone().unwrap_or_else(passphrase);
    let people: Vec<_> = accounts::list_users(services.db.pool())
        .await?
        .into_iter()
        .filter(|user| user.email.ends_with("@example.org"))
        .collect();
    if people.is_empty() {
        say(
            "DEMO is on, but nobody is there yet: stop this program, load the demonstration content with `catalogue seed`, and start it again.",
        );
        return Ok(());
    }
    let emails: Vec<String> = people.iter().map(|user| user.email.clone()).collect();
    services::accounts::set_passwords(services, &ctx, &emails, &password).await?;
    say(&format!("Sign in at {}/account/sign-in with the password {password} as one of:", config.public_url));
    for user in &people {
        let roles: Vec<&str> = user.grants.iter().map(|grant| grant.role.as_str()).collect();
        say(&format!("  {:<32} {} ({})", user.email, user.name, roles.join(", ")));
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "the edge at which the demonstration gets its password")]
fn passphrase() -> String {
    use rand::Rng;
    let mut random = rand::rng();
    let words = [
        "amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heron", "inlet", "jetty", "knoll", "larch",
        "maple", "north", "ocean", "pebble",
    ];
    let mut pick = || words[random.random_range(0..words.len())];
    let (a, b, c) = (pick(), pick(), pick());
    format!("{a}-{b}-{c}-{}", random.random_range(100..1000))
}

async fn until_told() {
    let interrupted = tokio::signal::ctrl_c();
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(error) => {
                tracing::warn!(%error, "termination signals cannot be heard");
                std::future::pending::<()>().await;
            }
        }
    };
    tokio::select! {
        _ = interrupted => {}
        () = terminated => {}
    }
}
