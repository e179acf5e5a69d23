//! What an office changes while the catalogue runs: each setting with its rules, and what is in force.

mod changing;
mod pause;
mod rates;
mod times;

pub use pause::{QUEUE_PAGE, QueuePause, QueueSwitch, barring};
pub use rates::{EnvironmentLimits, MOST_A_MINUTE, RateQuotas};
pub use times::PublicationTimes;
pub(crate) use times::time_of;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::bundle::reminder::ReminderHours;
use crate::language::Language;
use crate::refusal::FieldProblem;
use crate::text::check_line;
use crate::wire::wire_enum;

/// The longest text of the banner, in characters.
const MAX_BANNER: usize = 500;
/// The shortest time without a sign of life after which a session may end, in minutes.
const SHORTEST_IDLE: u32 = 5;

wire_enum! {
    /// A setting that an office changes while the catalogue runs.
    SettingName {
        /// What stands on every public page.
        Banner => "banner",
        /// Whether changes are refused for a while.
        Maintenance => "maintenance",
        /// Whether somebody else has to approve what one has prepared.
        FourEyes => "four-eyes",
        /// When statistics usually come out, and when most do.
        PublicationTimes => "publication-times",
        /// When sessions end.
        Sessions => "sessions",
        /// How long before an instant people are reminded of it.
        Reminders => "reminders",
        /// How often who may ask.
        RateLimits => "rate-limits",
    }
}

impl SettingName {
    /// What it decides, in one sentence.
    #[must_use]
    pub const fn about(self) -> &'static str {
        match self {
            Self::Banner => {
                "A sentence in both languages at the top of every public page, until an instant or until it is taken off."
            }
            Self::Maintenance => {
                "While it is on, every change in the portal and by the API is refused; reading and what is scheduled go on."
            }
            Self::FourEyes => "While it is on, nobody approves what they prepared themselves.",
            Self::PublicationTimes => {
                "The time that is suggested for publications, and the window in which most come out."
            }
            Self::Sessions => "After how many minutes a session ends, unused and at the latest.",
            Self::Reminders => "How many hours before its instant people are reminded of a bundle that they work on.",
            Self::RateLimits => {
                "How many requests a minute are let through by address and caller, to sign in and to search."
            }
        }
    }

    /// What is in force where the office has said nothing; `None` for no banner.
    #[must_use]
    pub fn default_value(self, limits: EnvironmentLimits) -> Option<Setting> {
        match self {
            Self::Banner => None,
            Self::Maintenance => Some(Setting::Maintenance(Switch { on: false })),
            Self::FourEyes => Some(Setting::FourEyes(Switch { on: true })),
            Self::PublicationTimes => Some(Setting::PublicationTimes(PublicationTimes::default())),
            Self::Sessions => Some(Setting::Sessions(limits.sessions.in_minutes())),
            Self::Reminders => Some(Setting::Reminders(ReminderHours::default())),
            Self::RateLimits => Some(Setting::RateLimits(limits.rates)),
        }
    }

    /// Reads a value of this setting, as it was stored.
    ///
    /// # Errors
    /// Where it is of another shape.
    pub fn read(self, value: Value) -> serde_json::Result<Setting> {
        Ok(match self {
            Self::Banner => Setting::Banner(serde_json::from_value(value)?),
            Self::Maintenance => Setting::Maintenance(serde_json::from_value(value)?),
            Self::FourEyes => Setting::FourEyes(serde_json::from_value(value)?),
            Self::PublicationTimes => Setting::PublicationTimes(serde_json::from_value(value)?),
            Self::Sessions => Setting::Sessions(serde_json::from_value(value)?),
            Self::Reminders => Setting::Reminders(serde_json::from_value(value)?),
            Self::RateLimits => Setting::RateLimits(serde_json::from_value(value)?),
        })
    }
}

wire_enum! {
    /// How a banner looks.
    BannerKind {
        /// Something to know.
        Information => "information",
        /// Something to heed.
        Warning => "warning",
    }
}

/// What stands on every public page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Banner {
    /// The English text.
    pub text: String,
    /// The Welsh text.
    pub text_cy: String,
    /// How it looks.
    pub kind: BannerKind,
    /// When it is taken off by itself.
    #[serde(default)]
    pub until: Option<DateTime<Utc>>,
}

impl Banner {
    /// The text in a language.
    #[must_use]
    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::En => &self.text,
            Language::Cy => &self.text_cy,
        }
    }

    /// Whether it stands there at an instant.
    #[must_use]
    pub fn stands_at(&self, now: DateTime<Utc>) -> bool {
        self.until.is_none_or(|until| now < until)
    }

    fn problems(&self, now: DateTime<Utc>) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        check_line(&mut problems, "text", &self.text, MAX_BANNER);
        if self.text_cy.trim().is_empty() {
            let message = "Give the Welsh text, too: the banner stands on the pages in both languages.";
            problems.push(FieldProblem::new("text_cy", "required", message));
        } else {
            check_line(&mut problems, "text_cy", &self.text_cy, MAX_BANNER);
        }
        if !self.stands_at(now) {
            problems.push(FieldProblem::new("until", "in_the_past", "Give an instant in the future, or leave it out."));
        }
        problems
    }
}

/// Something that is on or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Switch {
    /// Whether it is on.
    pub on: bool,
}

/// When sessions end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionLengths {
    /// After how many minutes without a sign of life.
    pub idle_minutes: u32,
    /// After how many minutes at the latest.
    pub longest_minutes: u32,
}

impl SessionLengths {
    /// After how many seconds without a sign of life.
    #[must_use]
    pub fn idle_seconds(self) -> u64 {
        u64::from(self.idle_minutes) * 60
    }

    /// After how many seconds at the latest.
    #[must_use]
    pub fn longest_seconds(self) -> u64 {
        u64::from(self.longest_minutes) * 60
    }

    fn problems(self, limits: SessionLimits) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        let most = limits.in_minutes();
        if !(SHORTEST_IDLE..=most.idle_minutes).contains(&self.idle_minutes) {
            let message =
                format!("Give {SHORTEST_IDLE} to {} minutes; the environment allows no more.", most.idle_minutes);
            problems.push(FieldProblem::new("idle_minutes", "out_of_range", message));
        }
        if self.longest_minutes > most.longest_minutes {
            let message = format!("Give at most {} minutes; the environment allows no more.", most.longest_minutes);
            problems.push(FieldProblem::new("longest_minutes", "out_of_range", message));
        }
        if self.longest_minutes < self.idle_minutes {
            let message = "Give no less than the minutes of silence after which a session ends.";
            problems.push(FieldProblem::new("longest_minutes", "out_of_range", message));
        }
        problems
    }
}

/// What the environment says of sessions, in seconds: the default, and the most that an office may give.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionLimits {
    /// After how long without a sign of life.
    pub idle: u64,
    /// After how long at the latest.
    pub longest: u64,
}

impl SessionLimits {
    /// The same in whole minutes.
    #[must_use]
    pub fn in_minutes(self) -> SessionLengths {
        let minutes = |seconds: u64| u32::try_from(seconds / 60).unwrap_or(u32::MAX);
        SessionLengths { idle_minutes: minutes(self.idle), longest_minutes: minutes(self.longest) }
    }

    /// What is in force where the office has set these: never more than the environment allows.
    #[must_use]
    pub fn under(self, set: Option<SessionLengths>) -> Self {
        set.map_or(self, |set| Self {
            idle: self.idle.min(set.idle_seconds()),
            longest: self.longest.min(set.longest_seconds()),
        })
    }
}

/// A setting with its value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Setting {
    /// What stands on every public page.
    Banner(Banner),
    /// Whether changes are refused.
    Maintenance(Switch),
    /// Whether four eyes are needed.
    FourEyes(Switch),
    /// When statistics come out.
    PublicationTimes(PublicationTimes),
    /// When sessions end.
    Sessions(SessionLengths),
    /// How long before an instant people are reminded of it.
    Reminders(ReminderHours),
    /// How often who may ask.
    RateLimits(RateQuotas),
}

impl Setting {
    /// Which one it is.
    #[must_use]
    pub const fn name(&self) -> SettingName {
        match self {
            Self::Banner(_) => SettingName::Banner,
            Self::Maintenance(_) => SettingName::Maintenance,
            Self::FourEyes(_) => SettingName::FourEyes,
            Self::PublicationTimes(_) => SettingName::PublicationTimes,
            Self::Sessions(_) => SettingName::Sessions,
            Self::Reminders(_) => SettingName::Reminders,
            Self::RateLimits(_) => SettingName::RateLimits,
        }
    }

    /// Its value as it is stored, answered and recorded.
    ///
    /// # Errors
    /// Where it has no JSON form.
    pub fn value(&self) -> serde_json::Result<Value> {
        match self {
            Self::Banner(banner) => serde_json::to_value(banner),
            Self::Maintenance(switch) | Self::FourEyes(switch) => serde_json::to_value(switch),
            Self::PublicationTimes(times) => serde_json::to_value(times),
            Self::Sessions(lengths) => serde_json::to_value(lengths),
            Self::Reminders(hours) => serde_json::to_value(hours),
            Self::RateLimits(quotas) => serde_json::to_value(quotas),
        }
    }

    /// Everything that is wrong with it.
    #[must_use]
    pub fn problems(&self, limits: EnvironmentLimits, now: DateTime<Utc>) -> Vec<FieldProblem> {
        match self {
            Self::Banner(banner) => banner.problems(now),
            Self::Maintenance(_) | Self::FourEyes(_) => Vec::new(),
            Self::PublicationTimes(times) => times.problems(),
            Self::Sessions(lengths) => lengths.problems(limits.sessions),
            Self::Reminders(hours) => hours.problems(),
            Self::RateLimits(quotas) => quotas.problems(limits.rates),
        }
    }
}

/// Everything that an office has set, as it is in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Office {
    /// What stands on every public page.
    pub banner: Option<Banner>,
    /// Whether changes are refused.
    pub maintenance: bool,
    /// Whether somebody else has to approve what one has prepared.
    pub four_eyes: bool,
    /// When statistics come out.
    pub times: PublicationTimes,
    /// When sessions end, where it is not as the environment says.
    pub sessions: Option<SessionLengths>,
    /// How long before an instant people are reminded of it.
    pub reminders: ReminderHours,
    /// How often who may ask, where it is not as the environment says.
    pub rates: Option<RateQuotas>,
    /// The pause of the publish queue, while one lasts; operators switch it, so that it is no setting.
    pub paused: Option<QueuePause>,
}

impl Default for Office {
    /// An office that has set nothing.
    fn default() -> Self {
        Self {
            banner: None,
            maintenance: false,
            four_eyes: true,
            times: PublicationTimes::default(),
            sessions: None,
            reminders: ReminderHours::default(),
            rates: None,
            paused: None,
        }
    }
}

impl Office {
    /// What holds with these set.
    #[must_use]
    pub fn of(settings: impl IntoIterator<Item = Setting>) -> Self {
        let mut office = Self::default();
        for setting in settings {
            match setting {
                Setting::Banner(banner) => office.banner = Some(banner),
                Setting::Maintenance(switch) => office.maintenance = switch.on,
                Setting::FourEyes(switch) => office.four_eyes = switch.on,
                Setting::PublicationTimes(times) => office.times = times,
                Setting::Sessions(lengths) => office.sessions = Some(lengths),
                Setting::Reminders(hours) => office.reminders = hours,
                Setting::RateLimits(quotas) => office.rates = Some(quotas),
            }
        }
        office
    }

    /// The banner that stands on public pages at an instant.
    #[must_use]
    pub fn banner_at(&self, now: DateTime<Utc>) -> Option<&Banner> {
        self.banner.as_ref().filter(|banner| banner.stands_at(now))
    }
}

/// A setting as those see it who may change it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingSheet {
    /// Which one.
    pub name: SettingName,
    /// What the office set; `None` where the default holds.
    pub set: Option<Setting>,
    /// The default; `None` for no banner.
    pub default: Option<Setting>,
    /// Goes up with every change.
    pub revision: i64,
    /// The last change, where there was one.
    pub changed: Option<SettingChange>,
}

impl SettingSheet {
    /// What is in force.
    #[must_use]
    pub fn in_force(&self) -> Option<&Setting> {
        self.set.as_ref().or(self.default.as_ref())
    }
}

/// Who changed a setting last, when and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingChange {
    /// When.
    pub at: DateTime<Utc>,
    /// Who, by name.
    pub by: String,
    /// Why.
    pub reason: String,
}

/// The page of the settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OfficeDesk {
    /// What the office may set.
    pub settings: Vec<SettingSheet>,
    /// What the environment gave this process, secrets masked.
    pub environment: Vec<(String, String)>,
    /// Whether the reader may change the office's settings.
    pub may_change: bool,
    /// The time of looking.
    pub now: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: EnvironmentLimits = EnvironmentLimits {
        sessions: SessionLimits { idle: 3600, longest: 43_200 },
        rates: RateQuotas { address: 300, caller: 300, sign_in: 120, search: 200 },
    };

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn fields(setting: &Setting) -> Vec<String> {
        let problems = setting.problems(LIMITS, at("2026-11-23T09:00:00Z"));
        problems.into_iter().map(|problem| problem.field).collect()
    }

    #[test]
    fn every_setting_is_read_as_it_was_stored_and_its_default_is_sound() {
        for name in SettingName::ALL {
            let Some(default) = name.default_value(LIMITS) else { continue };
            assert_eq!(default.name(), *name);
            assert_eq!(fields(&default), Vec::<String>::new(), "{name}");
            assert_eq!(name.read(default.value().unwrap()).unwrap(), default);
        }
        assert!(SettingName::Maintenance.read(serde_json::json!({"on": true, "off": 1})).is_err());
        assert_eq!(
            Office::of(
                SettingName::ALL
                    .iter()
                    .filter(|name| !matches!(name, SettingName::Sessions | SettingName::RateLimits))
                    .filter_map(|name| name.default_value(LIMITS))
            ),
            Office::default()
        );
    }

    #[test]
    fn a_banner_has_words_in_both_languages_and_an_end_to_come() {
        let banner = |text: &str, text_cy: &str, until: Option<&str>| {
            Setting::Banner(Banner {
                text: text.into(),
                text_cy: text_cy.into(),
                kind: BannerKind::Warning,
                until: until.map(at),
            })
        };
        assert_eq!(fields(&banner("Late", "Hwyr", Some("2026-11-23T10:00:00Z"))), Vec::<String>::new());
        assert_eq!(fields(&banner(" ", "", Some("2026-11-23T09:00:00Z"))), ["text", "text_cy", "until"]);
        assert_eq!(fields(&banner(&"a".repeat(501), "Hwyr\nIawn", None)), ["text", "text_cy"]);
    }

    #[test]
    fn a_banner_is_gone_when_its_time_is_over() {
        let banner = Banner {
            text: "Late".into(),
            text_cy: "Hwyr".into(),
            kind: BannerKind::Information,
            until: Some(at("2026-11-23T10:00:00Z")),
        };
        let office = Office::of([Setting::Banner(banner)]);
        let shown = |now| office.banner_at(at(now)).map(|banner| banner.in_language(Language::Cy));
        assert_eq!(shown("2026-11-23T09:59:59Z"), Some("Hwyr"));
        assert_eq!(shown("2026-11-23T10:00:00Z"), None);
    }

    #[test]
    fn sessions_last_no_longer_than_the_environment_allows() {
        let lengths =
            |idle_minutes, longest_minutes| Setting::Sessions(SessionLengths { idle_minutes, longest_minutes });
        assert_eq!(fields(&lengths(5, 5)), Vec::<String>::new());
        assert_eq!(fields(&lengths(60, 720)), Vec::<String>::new());
        assert_eq!(fields(&lengths(61, 721)), ["idle_minutes", "longest_minutes"]);
        assert_eq!(fields(&lengths(4, 3)), ["idle_minutes", "longest_minutes"]);
    }
}
