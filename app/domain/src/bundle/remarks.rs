//! What people say about a bundle while they check it: comments, and the items that they have signed off.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{BundleStage, ContentItem};
use crate::actor::Actor;
use crate::refusal::{FieldProblem, Refusal};
use crate::text::check_optional;
use crate::version::VersionState;

/// The longest comment, in characters.
pub const MAX_COMMENT: usize = 5000;

/// A remark on a bundle, or on one of its items.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comment {
    /// A UUIDv7.
    pub id: String,
    /// The bundle.
    pub bundle_id: String,
    /// The version that it is about, as `dataset/edition/number`; it keeps its name when the item is taken out.
    pub about: Option<String>,
    /// Who said it.
    pub author: Actor,
    /// What.
    pub text: String,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// That somebody has checked one item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignOff {
    /// The item's id.
    pub item_id: String,
    /// Who.
    pub by: Actor,
    /// When.
    pub at: DateTime<Utc>,
    /// The version's revision that was checked.
    pub version_revision: i64,
}

impl SignOff {
    /// Whether the item is still as it was checked; of one that is public, whether it became public like that.
    ///
    /// Publication counts the version's revision up without changing what it says, and publishes only what was found fit at the
    /// revision that is kept as such. What readers are told of the version afterwards was never part of the bundle.
    #[must_use]
    pub const fn holds_for(&self, item: &ContentItem) -> bool {
        let checked = match item.state {
            VersionState::Published | VersionState::Archived => item.validated_revision,
            VersionState::Created | VersionState::Submitted | VersionState::Approved => item.version_revision,
        };
        self.version_revision == checked
    }
}

/// What is wrong with the text of a comment.
#[must_use]
pub fn comment_problems(text: &str) -> Vec<FieldProblem> {
    let mut problems = Vec::new();
    if text.trim().is_empty() {
        problems.push(FieldProblem::new("text", "required", "Write a comment first."));
    }
    check_optional(&mut problems, "text", text, MAX_COMMENT, true);
    problems
}

/// Refuses a sign-off of what is public already or on its way.
pub fn check_sign_off(stage: BundleStage) -> Result<(), Refusal> {
    let open = [
        BundleStage::InProgress,
        BundleStage::ReadyForReview,
        BundleStage::Approved,
        BundleStage::Scheduled,
        BundleStage::Failed,
    ];
    if open.contains(&stage) {
        return Ok(());
    }
    Err(Refusal::InvalidTransition {
        action: "sign an item off".to_owned(),
        from: stage.to_string(),
        allowed: open.iter().map(ToString::to_string).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_say_something_that_is_not_too_long() {
        assert!(comment_problems("The title is wrong.\nSee the survey.").is_empty());
        assert_eq!(comment_problems("  ").len(), 1);
        assert_eq!(comment_problems(&"x".repeat(MAX_COMMENT + 1)).len(), 1);
        assert!(check_sign_off(BundleStage::Published).is_err());
        assert!(check_sign_off(BundleStage::ReadyForReview).is_ok());
    }
}
