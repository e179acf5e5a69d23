//! Changing the office's settings, and going back to their defaults.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::error::RpcError;

/// A banner as its form sends it, its end on a UK clock.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BannerFields {
    pub text: String,
    pub text_cy: String,
    pub kind: String,
    pub until_date: String,
    pub until_time: String,
    /// Which of the two hours is meant in the night in which the clocks go back.
    pub until_which: String,
}

/// Puts a banner on every public page.
#[server(prefix = "/rpc", endpoint = "office/set-banner")]
pub async fn set_banner(
    #[server(default)] revision: String,
    #[server(default)] reason: String,
    #[server(flatten)] banner: BannerFields,
) -> Result<(), RpcError> {
    let banner = native::banner_of(&banner);
    native::set("office/set-banner", &revision, banner, &reason).await
}

/// Switches maintenance on or off.
#[server(prefix = "/rpc", endpoint = "office/set-maintenance")]
pub async fn set_maintenance(
    #[server(default)] revision: String,
    #[server(default)] on: String,
    #[server(default)] reason: String,
) -> Result<(), RpcError> {
    let switch = native::switch_of(&on).map(domain::office::Setting::Maintenance);
    native::set("office/set-maintenance", &revision, switch, &reason).await
}

/// Switches four eyes on or off.
#[server(prefix = "/rpc", endpoint = "office/set-four-eyes")]
pub async fn set_four_eyes(
    #[server(default)] revision: String,
    #[server(default)] on: String,
    #[server(default)] reason: String,
) -> Result<(), RpcError> {
    let switch = native::switch_of(&on).map(domain::office::Setting::FourEyes);
    native::set("office/set-four-eyes", &revision, switch, &reason).await
}

/// Sets when statistics usually come out, and when most do.
#[server(prefix = "/rpc", endpoint = "office/set-publication-times")]
pub async fn set_publication_times(
    #[server(default)] revision: String,
    #[server(default)] usual: String,
    #[server(default)] peak_from: String,
    #[server(default)] peak_to: String,
    #[server(default)] reason: String,
) -> Result<(), RpcError> {
    let times = domain::office::PublicationTimes { usual, peak_from, peak_to };
    let setting = Ok(domain::office::Setting::PublicationTimes(times));
    native::set("office/set-publication-times", &revision, setting, &reason).await
}

/// Sets when sessions end.
#[server(prefix = "/rpc", endpoint = "office/set-sessions")]
pub async fn set_sessions(
    #[server(default)] revision: String,
    #[server(default)] idle_minutes: String,
    #[server(default)] longest_minutes: String,
    #[server(default)] reason: String,
) -> Result<(), RpcError> {
    let lengths = native::lengths_of(&idle_minutes, &longest_minutes);
    native::set("office/set-sessions", &revision, lengths, &reason).await
}

/// Sets how many hours before an instant people are reminded of it.
#[server(prefix = "/rpc", endpoint = "office/set-reminders")]
pub async fn set_reminders(
    #[server(default)] revision: String,
    #[server(default)] hours: String,
    #[server(default)] reason: String,
) -> Result<(), RpcError> {
    native::set("office/set-reminders", &revision, native::hours_of(&hours), &reason).await
}

/// Sets how many requests a minute are let through.
#[server(prefix = "/rpc", endpoint = "office/set-rate-limits")]
pub async fn set_rate_limits(
    #[server(default)] revision: String,
    #[server(default)] address: String,
    #[server(default)] caller: String,
    #[server(default)] sign_in: String,
    #[server(default)] search: String,
    #[server(default)] reason: String,
) -> Result<(), RpcError> {
    let quotas = native::quotas_of([&address, &caller, &sign_in, &search]);
    native::set("office/set-rate-limits", &revision, quotas, &reason).await
}

/// Takes a setting back to its default.
#[server(prefix = "/rpc", endpoint = "office/back-to-default")]
pub async fn back_to_default(
    #[server(default)] name: String,
    #[server(default)] revision: String,
    #[server(default)] reason: String,
) -> Result<(), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let revision = crate::bundles::number(&revision);
    let outcome = match domain::office::SettingName::parse(&name) {
        Some(name) => services::office::change(&services, &ctx, name, revision, None, &reason).await,
        None => Err(domain::refusal::Refusal::NotFound.into()),
    };
    native::done("office/back-to-default", outcome)
}

#[cfg(not(target_family = "wasm"))]
mod native {
    use domain::bundle::reminder::ReminderHours;
    use domain::office::{Banner, BannerKind, RateQuotas, SessionLengths, Setting, SettingSheet, Switch};
    use domain::refusal::{FieldProblem, Refusal, all_valid};
    use domain::uk_time;
    use services::ServiceError;

    use super::BannerFields;
    use crate::error::RpcError;

    /// The page of the settings, where the form does not tell its own.
    const PAGE: &str = "/admin/settings";

    /// Sets what a form says, or tells what in it cannot be read.
    pub(super) async fn set(
        form: &str,
        revision: &str,
        wanted: Result<Setting, Refusal>,
        reason: &str,
    ) -> Result<(), RpcError> {
        let (services, ctx) = crate::request::context()?;
        let revision = crate::bundles::number(revision);
        let outcome = match wanted {
            Ok(setting) => {
                services::office::change(&services, &ctx, setting.name(), revision, Some(setting), reason).await
            }
            Err(refusal) => Err(refusal.into()),
        };
        done(form, outcome.map_err(by_field))
    }

    /// The end of a banner stands in two fields of its form.
    fn by_field(error: ServiceError) -> ServiceError {
        let placed = |problem: FieldProblem| match problem.field.as_str() {
            "until" => FieldProblem { field: "until_date".to_owned(), ..problem },
            _ => problem,
        };
        match error {
            ServiceError::Refused(Refusal::Invalid { problems }) => {
                Refusal::Invalid { problems: problems.into_iter().map(placed).collect() }.into()
            }
            other => other,
        }
    }

    /// Goes back to the page with what was done, or with why it was not.
    pub(super) fn done(form: &str, outcome: Result<SettingSheet, ServiceError>) -> Result<(), RpcError> {
        crate::form::done(form, outcome, PAGE, |sheet| {
            let said = match &sheet.set {
                Some(_) => "The setting is in force on every node.",
                None => "The default is in force on every node.",
            };
            (sheet.name.page().to_owned(), said.to_owned())
        })
    }

    /// A banner, or what in its form cannot be read.
    pub(super) fn banner_of(sent: &BannerFields) -> Result<Setting, Refusal> {
        let mut problems = Vec::new();
        let kind = BannerKind::parse(&sent.kind);
        if kind.is_none() {
            problems.push(FieldProblem::new("kind", "unknown", "Choose information or warning."));
        }
        let (date, time, which) = (&sent.until_date, &sent.until_time, &sent.until_which);
        let until = if date.trim().is_empty() && time.trim().is_empty() {
            None
        } else {
            uk_time::read(("until_date", date), ("until_time", time), ("until_which", which))
                .map_err(|found| problems.extend(found))
                .ok()
        };
        all_valid(problems)?;
        let kind = kind.unwrap_or(BannerKind::Information);
        let (text, text_cy) = (sent.text.trim().to_owned(), sent.text_cy.trim().to_owned());
        Ok(Setting::Banner(Banner { text, text_cy, kind, until }))
    }

    /// A switch as a form has it.
    pub(super) fn switch_of(on: &str) -> Result<Switch, Refusal> {
        match on {
            "true" => Ok(Switch { on: true }),
            "false" => Ok(Switch { on: false }),
            _ => Err(Refusal::field("on", "required", "Choose on or off.")),
        }
    }

    /// The lengths of sessions as a form has them.
    pub(super) fn lengths_of(idle: &str, longest: &str) -> Result<Setting, Refusal> {
        let mut problems = Vec::new();
        let mut number = |field: &str, text: &str| {
            text.trim().parse::<u32>().unwrap_or_else(|_| {
                problems.push(FieldProblem::new(
                    field,
                    "invalid_number",
                    "Give a whole number of minutes, such as 30.",
                ));
                0
            })
        };
        let (idle_minutes, longest_minutes) = (number("idle_minutes", idle), number("longest_minutes", longest));
        all_valid(problems)?;
        Ok(Setting::Sessions(SessionLengths { idle_minutes, longest_minutes }))
    }

    /// The hours of reminders as a form has them.
    pub(super) fn hours_of(typed: &str) -> Result<Setting, Refusal> {
        match ReminderHours::parse("hours", typed) {
            Ok(hours) => Ok(Setting::Reminders(hours)),
            Err(problem) => Err(Refusal::Invalid { problems: vec![problem] }),
        }
    }

    /// Requests a minute as a form has them: by address, by caller, to sign in and to search.
    pub(super) fn quotas_of([address, caller, sign_in, search]: [&str; 4]) -> Result<Setting, Refusal> {
        let mut problems = Vec::new();
        let mut number = |field: &str, text: &str| {
            text.trim().parse::<u32>().unwrap_or_else(|_| {
                let message = "Give a whole number of requests a minute, such as 600.";
                problems.push(FieldProblem::new(field, "invalid_number", message));
                0
            })
        };
        let quotas = RateQuotas {
            address: number("address", address),
            caller: number("caller", caller),
            sign_in: number("sign_in", sign_in),
            search: number("search", search),
        };
        all_valid(problems)?;
        Ok(Setting::RateLimits(quotas))
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        fn sent(kind: &str, date: &str, time: &str) -> BannerFields {
            BannerFields {
                text: " Late ".into(),
                text_cy: "Hwyr".into(),
                kind: kind.into(),
                until_date: date.into(),
                until_time: time.into(),
                until_which: String::new(),
            }
        }

        fn fields(refused: Result<Setting, Refusal>) -> Vec<String> {
            match refused {
                Err(Refusal::Invalid { problems }) => problems.into_iter().map(|problem| problem.field).collect(),
                other => panic!("{other:?}"),
            }
        }

        #[test]
        fn what_cannot_be_read_is_told_by_its_field() {
            assert_eq!(fields(banner_of(&sent("loud", "soon", ""))), ["kind", "until_date", "until_time"]);
            assert_eq!(fields(banner_of(&sent("warning", "2026-10-25", "01:30"))), ["until_which"]);
            assert_eq!(fields(lengths_of("an hour", "")), ["idle_minutes", "longest_minutes"]);
            assert_eq!(fields(switch_of("").map(Setting::FourEyes)), ["on"]);
            assert_eq!(fields(hours_of("a day")), ["hours"]);
            assert_eq!(fields(quotas_of(["60", "many", " 5 ", ""])), ["caller", "search"]);
            let quotas = RateQuotas { address: 60, caller: 61, sign_in: 5, search: 10 };
            assert_eq!(quotas_of(["60", "61", " 5 ", "10"]), Ok(Setting::RateLimits(quotas)));
        }

        #[test]
        fn a_banner_may_have_an_end_on_a_uk_clock() {
            let banner = |date, time| match banner_of(&sent("warning", date, time)) {
                Ok(Setting::Banner(banner)) => banner,
                other => panic!("{other:?}"),
            };
            assert_eq!(banner("", "").until, None);
            let ends = banner("2026-07-01", "09:30");
            assert_eq!(
                (ends.text.as_str(), ends.until.unwrap().to_rfc3339()),
                ("Late", "2026-07-01T08:30:00+00:00".to_owned())
            );
        }
    }
}
