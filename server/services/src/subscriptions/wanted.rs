//! What somebody wants to be told, and whether that can be.

use domain::language::Language;
use domain::refusal::{FieldProblem, Refusal};
use domain::subscription::{SubscriptionChannel, Target};
use domain::text::{check_email, check_optional};
use integrations::webhook::check_target;

use super::page::public_target;
use crate::{Result, Services};

/// The longest address of a program, in characters.
const LONGEST: usize = 2000;

/// Why a search cannot be subscribed to.
const UNREADABLE: &str = "Give words or filters as they stand in the address of a search, such as q=rainfall&formats=csv, in at most 1,000 characters of it.";

/// What somebody wants.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// How to tell.
    pub channel: SubscriptionChannel,
    /// Where to.
    pub address: String,
    /// In which language.
    pub language: Language,
    /// Of which dataset, if of one.
    pub dataset_id: Option<String>,
    /// Of which topic, if of one.
    pub topic_id: Option<String>,
    /// Of what a search finds, if of that: its words and filters as in the address of its page.
    pub search: Option<String>,
}

/// Mail addresses are the same in large and small letters as far as anybody uses them.
pub(super) fn read_address(wanted: &Wanted) -> String {
    let address = wanted.address.trim();
    if wanted.channel == SubscriptionChannel::Email { address.to_lowercase() } else { address.to_owned() }
}

/// What is wrong with where to tell.
pub(super) fn check_address(
    services: &Services,
    problems: &mut Vec<FieldProblem>,
    channel: SubscriptionChannel,
    address: &str,
) {
    match channel {
        SubscriptionChannel::Email => check_email(problems, "address", address),
        SubscriptionChannel::Webhook => {
            check_optional(problems, "address", address, LONGEST, false);
            if let Err(message) = check_target(address, services.outlets.programs.calls_private_addresses()) {
                problems.push(FieldProblem::new("address", "invalid_target", message));
            }
        }
    }
}

/// What is wanted, among what is public, whoever asks.
pub(super) async fn find_target(
    services: &Services,
    problems: &mut Vec<FieldProblem>,
    wanted: &Wanted,
) -> Result<Target> {
    let unknown = |field: &str, what: &str| FieldProblem::new(field, "unknown", format!("There is no such {what}."));
    match (&wanted.dataset_id, &wanted.topic_id, &wanted.search) {
        (Some(_), Some(_), _) => {
            let message = "Name a dataset or a topic, not both.";
            problems.push(FieldProblem::new("topic_id", "ambiguous", message));
        }
        (Some(_), _, Some(_)) | (_, Some(_), Some(_)) => {
            let message = "Name a search, or a dataset or topic, not both.";
            problems.push(FieldProblem::new("search", "ambiguous", message));
        }
        (dataset, topic, search) => {
            match public_target(services, dataset.as_deref(), topic.as_deref(), search.as_deref()).await {
                Ok(target) => return Ok(target),
                Err(error) if error.refusal() == Some(&Refusal::NotFound) => problems.push(match (dataset, topic) {
                    (Some(_), _) => unknown("dataset_id", "dataset"),
                    (_, Some(_)) => unknown("topic_id", "topic"),
                    _ => FieldProblem::new("search", "unreadable", UNREADABLE),
                }),
                Err(error) => return Err(error),
            }
        }
    }
    Ok(Target::Everything)
}
