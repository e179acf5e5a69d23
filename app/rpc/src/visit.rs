//! What a page knows about the visit besides its data: language, path, who is signed in, and what the last form left behind.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use domain::actor::Caller;
use domain::language::Language;
use domain::office::{Banner, Office};
use domain::presence::Meanwhile;
use domain::refusal::{FieldProblem, Refusal};
use domain::version::admin_version_path;
use serde::{Deserialize, Serialize};

/// What a form leaves for the page that follows it: shown once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flash {
    /// The server function's endpoint, so that a page with several forms knows which one was refused.
    pub form: String,
    /// What was typed, by field; passwords are never kept.
    pub values: BTreeMap<String, Vec<String>>,
    /// Why it was refused.
    pub refusal: Option<Refusal>,
    /// What was done, as a sentence.
    pub notice: Option<String>,
}

impl Flash {
    /// The problems by field, where fields were wrong.
    #[must_use]
    pub fn problems(&self) -> &[FieldProblem] {
        match &self.refusal {
            Some(Refusal::Invalid { problems } | Refusal::Unreadable { problems }) => problems,
            _ => &[],
        }
    }

    /// What was sent under a name first.
    #[must_use]
    pub fn first(&self, name: &str) -> Option<&str> {
        self.values.get(name)?.first().map(String::as_str)
    }

    /// The portal's page of what the form is about, where its fields name that.
    #[must_use]
    pub fn about(&self) -> Option<String> {
        let field = |name: &str| self.first(name).map(str::trim).filter(|value| !value.is_empty());
        match self.form.split_once('/')?.0 {
            // Of the operations desk's forms, those that are about a bundle.
            "operations" if !matches!(self.form.as_str(), "operations/hold" | "operations/run-now") => None,
            "bundles" | "operations" => Some(format!("/admin/bundles/{}", field("id")?)),
            "releases" => Some(format!("/admin/releases/{}", field("id")?)),
            "datasets" => Some(format!("/admin/datasets/{}", field("dataset_id").or_else(|| field("id"))?)),
            "versions" | "files" | "images" => {
                let (dataset, edition) = (field("dataset_id")?, field("edition")?);
                Some(admin_version_path(dataset, edition, field("version")?.parse().ok()?))
            }
            _ => None,
        }
    }
}

/// A form that was sent when nobody was signed in any more, with the page that it stands on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsent {
    /// The page's path with its query.
    pub page: String,
    /// What was typed.
    pub flash: Flash,
}

/// What the forms of a page met as they were drawn, for the messages at its top.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drawn {
    /// The fields that both sides changed: where each stands on the page, and what it is called.
    pub conflicts: Vec<(String, String)>,
    /// The paths of the fields in which what was sent stands again.
    pub fields: BTreeSet<String>,
    /// The fields of the form that was refused: their paths and labels, in the order of the page.
    pub labels: Vec<(String, String)>,
}

/// What a browser shows of a device that was remembered at the second step of signing in; never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct DeviceToken(String);

impl DeviceToken {
    /// What was shown, or is to be from now on.
    #[must_use]
    pub fn new(shown: impl Into<String>) -> Self {
        Self(shown.into())
    }

    /// The text itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for DeviceToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DeviceToken")
    }
}

/// A change of what the browser shows of a remembered device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeviceChange {
    /// From now on it shows this, for so many days.
    Remembered {
        /// What it shows.
        token: DeviceToken,
        /// For how long.
        days: u32,
    },
    /// It shows nothing any more.
    Forgotten,
}

/// What a server function wants done to the session once it has answered.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// Leave this for the next page.
    pub flash: Option<Flash>,
    /// Begin a new session for this user id, or end the present one.
    pub session: Option<SessionChange>,
    /// Have the browser remembered as a device, or not any more.
    pub device: Option<DeviceChange>,
    /// What the caller was refused first, for the audit trail.
    pub refused: Option<Refusal>,
    /// Keep this for whoever was signed in before.
    pub unsent: Option<Unsent>,
}

/// A change of who is signed in; an OpenID provider's token is kept for signing out there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SessionChange {
    /// Somebody signed in.
    SignedIn {
        /// Who.
        user_id: String,
        /// The provider's token, where a provider vouched for the person.
        id_token: Option<String>,
    },
    /// Somebody has taken the first step and is asked for the second factor next.
    SecondStep {
        /// Who.
        user_id: String,
        /// The provider's token, where a provider vouched for the person.
        id_token: Option<String>,
    },
    /// The same person has taken the second step, too.
    SecondStepTaken {
        /// Who.
        user_id: String,
    },
    /// Somebody signed out.
    SignedOut,
}

/// The visit; the server puts one into every request's extensions and carries out its changes afterwards.
#[derive(Clone, Debug, Default)]
pub struct Visit {
    /// The language that the address asks for.
    pub language: Language,
    /// The path with its query, as asked for.
    pub path: String,
    /// Who is signed in.
    pub caller: Option<Caller>,
    /// The handle of the session, where there is one; it names the session without giving it away.
    pub session: Option<String>,
    /// The id of who has taken the first step of signing in and not yet the second.
    pub awaits_second_step: Option<String>,
    /// Whether an OpenID provider vouched for the person.
    pub through_provider: bool,
    /// Whether the person has to set a second factor up before anything else, and has no rights until then.
    pub owes_second_factor: bool,
    /// The browser and system, such as `Firefox on Linux`.
    pub browser: String,
    /// What the browser shows of a device that was remembered; it does so to nothing but the form that signs in.
    pub device: Option<DeviceToken>,
    /// The address that the request came from; empty where it is not known.
    pub address: String,
    /// What the last form left; the server clears it from the session when a page was rendered with it.
    pub flash: Option<Flash>,
    /// The page of a form that is kept until its person has signed in again.
    pub kept: Option<String>,
    /// Whose session has ended at this browser without a sign-out, where nobody is signed in: the id of their account.
    pub was_signed_in: Option<String>,
    /// What was done last to what a form was about that came too late.
    pub meanwhile: Option<Meanwhile>,
    /// What the page's forms met as they were drawn.
    pub drawn: Arc<Mutex<Drawn>>,
    /// The fields of the form that was just posted; empty for other requests.
    pub submitted: Arc<Vec<(String, String)>>,
    /// What the site is called.
    pub site_name: Arc<str>,
    /// The site's public address, without a slash at the end.
    pub site: Arc<str>,
    /// The address for letters to whoever runs the site, where there is one.
    pub contact: Option<Arc<str>>,
    /// Whether the site sends mail, so that readers can ask for it.
    pub by_mail: bool,
    /// When the program was made, in RFC 3339; empty where that is not known.
    pub built: &'static str,
    /// How long a session lasts without a sign of life, in seconds.
    pub session_idle: u64,
    /// How long this session lasts at most from now on, in seconds; 0 where nobody is signed in by one.
    pub session_left: u64,
    /// What the office has set.
    pub office: Arc<Office>,
    /// What stands on every public page just now.
    pub banner: Option<Banner>,
    /// The id of the request, by which the log and the audit trail know it, too.
    pub request_id: String,
    /// What is to be done to the session once the answer is made.
    pub changes: Arc<Mutex<Changes>>,
}

impl Visit {
    /// Leaves something for the next page.
    pub fn leave(&self, flash: Flash) {
        self.changes.lock().unwrap_or_else(PoisonError::into_inner).flash = Some(flash);
    }

    /// Says beside a refusal what was done all the same.
    pub fn add_notice(&self, notice: String) {
        let mut changes = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(flash) = changes.flash.as_mut().filter(|flash| flash.refusal.is_some() && !notice.is_empty()) {
            flash.notice = Some(notice);
        }
    }

    /// Has a form kept for whoever was signed in before.
    pub fn set_aside(&self, unsent: Unsent) {
        self.changes.lock().unwrap_or_else(PoisonError::into_inner).unsent = Some(unsent);
    }

    /// What the page's forms have met so far.
    #[must_use]
    pub fn met(&self) -> Drawn {
        self.drawn.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Changes who is signed in.
    pub fn change_session(&self, change: SessionChange) {
        self.changes.lock().unwrap_or_else(PoisonError::into_inner).session = Some(change);
    }

    /// Has the browser remembered as a device, or not any more.
    pub fn change_device(&self, change: DeviceChange) {
        self.changes.lock().unwrap_or_else(PoisonError::into_inner).device = Some(change);
    }

    /// Notes a refusal; the server records the first of a request where it is for want of a right.
    pub fn note_refusal(&self, refusal: &Refusal) {
        let mut changes = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
        changes.refused.get_or_insert_with(|| refusal.clone());
    }

    /// What is to be done to the session; taken once, by the server.
    #[must_use]
    pub fn take_changes(&self) -> Changes {
        std::mem::take(&mut *self.changes.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_names_what_it_is_about() {
        let about = |form: &str, fields: &[(&str, &str)]| {
            let values = fields.iter().map(|(name, value)| ((*name).to_owned(), vec![(*value).to_owned()])).collect();
            Flash { form: form.to_owned(), values, ..Flash::default() }.about().unwrap_or_default()
        };
        let version = [("dataset_id", "gdp"), ("edition", "2026"), ("version", "2")];
        assert_eq!(about("versions/return", &version), "/admin/datasets/gdp/editions/2026/versions/2");
        assert_eq!(about("versions/create", &version[..2]), "");
        assert_eq!(about("bundles/reject", &[("id", "b")]), "/admin/bundles/b");
        assert_eq!(about("operations/hold", &[("id", "b")]), "/admin/bundles/b");
        assert_eq!(about("operations/skip-delivery", &[("id", "d")]), "");
        assert_eq!(about("bundles/create", &[("id", " ")]), "");
        assert_eq!(about("datasets/edit", &[("id", "gdp")]), "/admin/datasets/gdp");
        assert_eq!(about("datasets/edit-edition", &version), "/admin/datasets/gdp");
        assert_eq!(about("topics/edit", &[("id", "t")]), "");
    }
}
