//! What the form of a bundle sends.

use serde::{Deserialize, Serialize};

/// The fields as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BundleFields {
    /// The title.
    pub title: String,
    /// What it is.
    pub description: String,
    /// `scheduled` or `manual`.
    pub kind: String,
    /// Teams that may preview it.
    pub preview_teams: Vec<String>,
}

/// How several bundles are moved, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Shift {
    /// To one instant, or each by as much.
    pub how: String,
    /// By how many days.
    pub days: String,
    /// By how many minutes besides.
    pub minutes: String,
}

/// When a bundle is to be public, on a UK clock, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Moment {
    /// The date.
    pub publication_date: String,
    /// The time.
    pub publication_time: String,
    /// Which of two, in the hour that comes twice.
    pub publication_clock: String,
    /// What the public is told where a release of the calendar has to move.
    pub release_reason: String,
    /// The same in Welsh.
    pub release_reason_cy: String,
}

#[cfg(not(target_family = "wasm"))]
mod native {
    use chrono::{DateTime, Utc};
    use domain::bundle::{Bundle, BundleCommand, BundleDetails, BundleKind, Schedule};
    use domain::refusal::{FieldProblem, Refusal};
    use domain::release::PublicReason;
    use domain::uk_time;
    use services::bundles::Said;

    use super::{BundleFields, Moment};
    use crate::error::RpcError;

    impl BundleFields {
        /// The details, or every problem at once.
        pub fn details(&self) -> Result<BundleDetails, Refusal> {
            let kind = BundleKind::parse(&self.kind);
            let details = BundleDetails {
                title: self.title.trim().to_owned(),
                description: self.description.trim().to_owned(),
                kind: kind.unwrap_or(BundleKind::Scheduled),
                preview_teams: self.preview_teams.clone(),
            };
            let mut problems = details.problems();
            if kind.is_none() {
                problems.push(FieldProblem::new("kind", "unknown", "Choose scheduled or manual."));
            }
            domain::refusal::all_valid(problems).map(|()| details)
        }
    }

    /// A revision or number as a form sends it; nonsense is nought, which no object has.
    pub fn number(text: &str) -> i64 {
        text.trim().parse().unwrap_or_default()
    }

    /// A reason that has to be given.
    pub fn needed(reason: String) -> Result<String, Refusal> {
        if reason.trim().is_empty() {
            return Err(Refusal::field("reason", "required", "Say why. The reason is kept in the history."));
        }
        Ok(reason)
    }

    impl Moment {
        fn read(&self) -> Result<DateTime<Utc>, Vec<FieldProblem>> {
            uk_time::read(
                ("publication_date", &self.publication_date),
                ("publication_time", &self.publication_time),
                ("publication_clock", &self.publication_clock),
            )
        }

        /// What colleagues are told of the step, and the public where a release of the calendar has to move with the bundle.
        pub fn told(&self, reason: &str) -> Said {
            let told = PublicReason::of(Some(self.release_reason.clone()), Some(self.release_reason_cy.clone()));
            Said { told, note: Some(reason.trim().to_owned()).filter(|reason| !reason.is_empty()) }
        }
    }

    /// Reads the schedule's fields; every problem is told at once.
    pub fn read_schedule(moment: &Moment, channels: &[String]) -> Result<BundleCommand, Refusal> {
        let instant = moment.read();
        let channels = services::bundles::checked_channels(channels);
        match (instant, channels) {
            (Ok(publication_date), Ok(notification_channels)) => {
                Ok(BundleCommand::Schedule(Schedule { publication_date, notification_channels }))
            }
            (Err(problems), _) => Err(Refusal::Invalid { problems }),
            (Ok(_), Err(refusal)) => Err(refusal),
        }
    }

    /// Reads the fields of a retry; without a date the bundle becomes approved.
    pub fn read_retry(reason: String, moment: &Moment) -> Result<BundleCommand, Refusal> {
        let at = if moment.publication_date.trim().is_empty() { Ok(None) } else { moment.read().map(Some) };
        match (needed(reason), at) {
            (Ok(reason), Ok(at)) => Ok(BundleCommand::Retry { reason: Some(reason), at }),
            (Err(Refusal::Invalid { mut problems }), Err(more)) => {
                problems.extend(more);
                Err(Refusal::Invalid { problems })
            }
            (Err(refusal), _) => Err(refusal),
            (Ok(_), Err(problems)) => Err(Refusal::Invalid { problems }),
        }
    }

    /// What is wrong with the title that was typed to confirm what cannot be undone; who may not see the bundle is told so by
    /// what follows.
    pub async fn mistyped(id: &str, typed: &str, message: &str) -> Result<Option<FieldProblem>, RpcError> {
        let (services, ctx) = crate::request::context()?;
        let found = services::bundles::find(&services, &ctx, id).await;
        let other = found.is_ok_and(|bundle| bundle.details.title.trim() != typed.trim());
        Ok(other.then(|| FieldProblem::new("confirmation", "mismatch", message)))
    }

    /// Takes a bundle one step and goes back to its page.
    pub async fn step(
        form: &str,
        id: &str,
        revision: &str,
        command: Result<BundleCommand, Refusal>,
        notice: &str,
    ) -> Result<(), RpcError> {
        step_saying(form, (id, revision), command, Said::default(), notice).await
    }

    /// The same for the revision of a bundle that was looked at, with what is said of the step.
    pub async fn step_saying(
        form: &str,
        (id, revision): (&str, &str),
        command: Result<BundleCommand, Refusal>,
        said: Said,
        notice: &str,
    ) -> Result<(), RpcError> {
        let outcome = taken((id, revision), command, said).await?;
        let page = page_of_form(id);
        crate::form::done(form, outcome, &page, |_| (page.clone(), notice.to_owned()))
    }

    /// Takes the step itself, for forms that lead elsewhere; what came of it.
    pub async fn taken(
        (id, revision): (&str, &str),
        command: Result<BundleCommand, Refusal>,
        said: Said,
    ) -> Result<services::Result<Bundle>, RpcError> {
        let (services, ctx) = crate::request::context()?;
        let expected = Some(number(revision));
        Ok(match command {
            Ok(command) => services::bundles::take_step_saying(&services, &ctx, id, expected, command, said).await,
            Err(refusal) => Err(refusal.into()),
        })
    }

    /// Where a form about a bundle leads: back to the operations desk for who acted there, else to the bundle's page.
    pub fn page_of_form(id: &str) -> String {
        let desk = crate::request::form_page().filter(|page| page.starts_with("/ops/"));
        desk.unwrap_or_else(|| format!("/admin/bundles/{id}"))
    }

    /// The same for a step of a publication, which leads back to the page that follows that, too.
    pub fn page_of_step(id: &str) -> String {
        let publication = format!("/admin/bundles/{id}/publication");
        let page = crate::request::form_page().filter(|page| *page == publication);
        page.unwrap_or_else(|| page_of_form(id))
    }
}

#[cfg(not(target_family = "wasm"))]
pub(crate) use native::{
    mistyped, needed, number, page_of_form, page_of_step, read_retry, read_schedule, step, step_saying, taken,
};
