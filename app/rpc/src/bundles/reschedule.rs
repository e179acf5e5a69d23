//! Giving several bundles another instant at once.

use domain::bundle::reschedule::{MoveFields, MovePlan};
use leptos::prelude::*;

use crate::error::RpcError;

/// The form of a move with what it would do to each bundle, or what the last one did.
#[server(prefix = "/rpc", endpoint = "bundles/reschedule-plan")]
pub async fn reschedule_plan(
    #[server(default)] chosen: Vec<String>,
    #[server(default)] fields: MoveFields,
) -> Result<MovePlan, RpcError> {
    let (services, ctx) = crate::request::context()?;
    let ids: Vec<String> = chosen.iter().map(|one| native::chosen(one).0).collect();
    let plan = services::bundles::look_ahead(&services, &ctx, &ids, fields).await?;
    Ok(native::last().unwrap_or(plan))
}

/// Moves the bundles that were looked at, each by itself; the next page tells what became of each.
#[server(prefix = "/rpc", endpoint = "bundles/reschedule")]
pub async fn reschedule(
    #[server(default)] chosen: Vec<String>,
    #[server(default)] confirmation: String,
    #[server(default)] expected: String,
    #[server(default)] reason: String,
    #[server(flatten)] shift: super::Shift,
    #[server(flatten)] moment: super::Moment,
) -> Result<(), RpcError> {
    use domain::refusal::{FieldProblem, Refusal};

    let (services, ctx) = crate::request::context()?;
    let said = moment.told(&reason);
    let fields = MoveFields {
        how: shift.how,
        days: shift.days,
        minutes: shift.minutes,
        publication_date: moment.publication_date,
        publication_time: moment.publication_time,
        publication_clock: moment.publication_clock,
    };
    let expected: usize = expected.trim().parse().unwrap_or_default();
    let wanted = domain::bundle::reschedule::confirmation(expected);
    let mut problems = Vec::new();
    if said.note.is_none() {
        let message = "Say why the bundles move, so that your colleagues know.";
        problems.push(FieldProblem::new("reason", "required", message));
    }
    if !confirmation.trim().eq_ignore_ascii_case(&wanted) || chosen.len() != expected {
        let message = format!("Type \u{201c}{wanted}\u{201d}, so that no bundle moves by a slip.");
        problems.push(FieldProblem::new("confirmation", "not_confirmed", message));
    }
    let outcome = if problems.is_empty() {
        let chosen: Vec<(String, i64)> = chosen.iter().map(|one| native::chosen(one)).collect();
        let outcome = services::bundles::reschedule(&services, &ctx, &chosen, fields, said).await;
        crate::form::noting_refused_right(outcome)
    } else {
        Err(Refusal::Invalid { problems }.into())
    };
    crate::form::done("bundles/reschedule", outcome, "/admin/bundles", |plan| {
        native::leave(plan);
        ("/admin/bundles/reschedule".to_owned(), String::new())
    })
}

#[cfg(not(target_family = "wasm"))]
mod native {
    use domain::bundle::reschedule::MovePlan;

    use crate::visit::Flash;

    const DONE: &str = "bundles/reschedule";
    const PLAN: &str = "plan";

    /// A chosen bundle: its id, and after a space the revision that was looked at.
    pub fn chosen(text: &str) -> (String, i64) {
        let (id, revision) = text.trim().split_once([' ', '+']).unwrap_or((text.trim(), ""));
        (id.to_owned(), super::super::number(revision))
    }

    /// Leaves what a move did for the next page.
    pub fn leave(plan: &MovePlan) {
        let told = format!("{} of {} bundles were moved.", plan.moves(), plan.bundles.len());
        let values = [(PLAN.to_owned(), vec![serde_json::to_string(plan).unwrap_or_default()])].into_iter().collect();
        let flash = Flash { form: DONE.to_owned(), values, notice: Some(told), refusal: None };
        crate::request::visit().leave(flash);
    }

    /// What the last move did, on the page after it.
    pub fn last() -> Option<MovePlan> {
        let flash = crate::request::visit().flash.filter(|flash| flash.form == DONE && flash.refusal.is_none())?;
        serde_json::from_str(flash.values.get(PLAN)?.first()?).ok()
    }
}
