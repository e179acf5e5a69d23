//! The one vocabulary of refusals, shared by pages, the API and the scheduler.

use serde::{Deserialize, Serialize};

/// One thing wrong with one field of a form or body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldProblem {
    /// The field's name as sent, with dots for nesting (`contacts.0.email`).
    pub field: String,
    /// A stable snake_case word for programs.
    pub code: String,
    /// A sentence for people: what is wrong and what to do.
    pub message: String,
}

impl FieldProblem {
    /// A problem of `field`.
    pub fn new(field: &str, code: &str, message: impl Into<String>) -> Self {
        Self { field: field.to_owned(), code: code.to_owned(), message: message.into() }
    }

    /// The problem of a needed field that is missing or empty.
    #[must_use]
    pub fn required(field: &str) -> Self {
        Self::new(field, "required", "This is needed.")
    }
}

/// One reason why an action cannot be taken now; a refusal carries all of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blocker {
    /// A stable snake_case word for programs.
    pub code: String,
    /// A sentence for people: what stands in the way and what would clear it.
    pub message: String,
    /// The thing that blocks, such as `dataset/edition/version`, where there is one.
    pub subject: Option<String>,
    /// The portal page on which it can be mended.
    pub fix_url: Option<String>,
}

impl Blocker {
    /// A blocker without a subject.
    pub fn new(code: &str, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), message: message.into(), subject: None, fix_url: None }
    }

    /// The same blocker, naming what blocks and where to mend it.
    #[must_use]
    pub fn about(mut self, subject: impl Into<String>, fix_url: Option<String>) -> Self {
        self.subject = Some(subject.into());
        self.fix_url = fix_url;
        self
    }
}

/// The code of the reason that the same person may not do both steps, where there are other reasons beside it.
pub const FOUR_EYES: &str = "four_eyes";

/// Why a use case refused; nothing was changed or recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Refusal {
    /// Nobody is signed in, or the token is unknown, expired or revoked.
    #[error("Sign in to do this.")]
    Unauthenticated,
    /// It does not exist, or the caller may not know that it does.
    #[error("Not found.")]
    NotFound,
    /// The caller may see it but lacks the permission named.
    #[error("You need the permission {permission} to do this.")]
    Forbidden {
        /// The missing permission, as `resource:verb`.
        permission: String,
    },
    /// The request could not be read: a wrong type, an unknown field or parameter (400).
    #[error("The request could not be read.")]
    Unreadable {
        /// What could not be read.
        problems: Vec<FieldProblem>,
    },
    /// The request was read and breaks one or more rules (422); every problem is listed.
    #[error("{}", summary(.problems))]
    Invalid {
        /// Every problem at once.
        problems: Vec<FieldProblem>,
    },
    /// The object was changed by somebody else since the caller read it (412).
    #[error("Somebody else changed this while you were working on it. Look at the current state and try again.")]
    Stale,
    /// The change needs the revision it is based on (428).
    #[error("Say which revision you are changing, with If-Match.")]
    RevisionNeeded,
    /// The state machine does not hold this action in this state (409).
    #[error("Cannot {action} while the state is {from}; it can be done from: {}.", .allowed.join(", "))]
    InvalidTransition {
        /// The action, in words.
        action: String,
        /// The present state's wire word.
        from: String,
        /// The states from which the action may be taken.
        allowed: Vec<String>,
    },
    /// The same person may not do both steps (409).
    #[error("{message}")]
    FourEyes {
        /// Who has to do it instead.
        message: String,
    },
    /// Something stands in the way; every blocker is listed (409).
    #[error("{message}")]
    Blocked {
        /// The refusal in one sentence.
        message: String,
        /// Every reason.
        blockers: Vec<Blocker>,
    },
    /// The body is larger than allowed (413).
    #[error("This is larger than the {limit} bytes allowed.")]
    TooLarge {
        /// The most bytes allowed.
        limit: u64,
    },
    /// Too many tries; wait (429).
    #[error("Too many tries. Wait {seconds} seconds and try again.")]
    TooMany {
        /// Seconds to wait.
        seconds: u64,
    },
}

impl Refusal {
    /// A refusal for one problem of one field.
    pub fn field(field: &str, code: &str, message: impl Into<String>) -> Self {
        Self::Invalid { problems: vec![FieldProblem::new(field, code, message)] }
    }

    /// A refusal for one blocker.
    pub fn blocked(code: &str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self::Blocked { blockers: vec![Blocker::new(code, message.clone())], message }
    }

    /// Whether the caller lacks a right, or may not do both of two steps: what the audit trail keeps.
    #[must_use]
    pub fn is_for_want_of_a_right(&self) -> bool {
        matches!(self, Self::Forbidden { .. }) || self.is_of_four_eyes()
    }

    /// Whether the caller may not do both of two steps, whatever else stands in the way beside it.
    #[must_use]
    pub fn is_of_four_eyes(&self) -> bool {
        match self {
            Self::FourEyes { .. } => true,
            Self::Blocked { blockers, .. } => blockers.iter().any(|blocker| blocker.code == FOUR_EYES),
            _ => false,
        }
    }

    /// Everything that it says, a sentence each, for where several things are told of side by side.
    #[must_use]
    pub fn reasons(&self) -> Vec<String> {
        match self {
            Self::Invalid { problems } => problems.iter().map(|problem| problem.message.clone()).collect(),
            Self::Blocked { blockers, .. } if !blockers.is_empty() => {
                blockers.iter().map(|blocker| blocker.message.clone()).collect()
            }
            other => vec![other.to_string()],
        }
    }
}

/// `Ok` when there are no problems, else a refusal with all of them.
pub fn all_valid(problems: Vec<FieldProblem>) -> Result<(), Refusal> {
    if problems.is_empty() { Ok(()) } else { Err(Refusal::Invalid { problems }) }
}

fn summary(problems: &[FieldProblem]) -> String {
    match problems {
        [one] if one.field.is_empty() => one.message.clone(),
        [one] => format!("{}: {}", one.field, one.message),
        many => format!("{} things need correcting.", many.len()),
    }
}
