//! What stands between a bundle and the public: answered completely, once, for pages, the API and the scheduler.

use super::{Bundle, BundleKind, BundleStage, ContentItem};
use crate::refusal::Blocker;
use crate::version::{VersionState, admin_file_path, admin_version_path};

/// Every reason why these contents cannot be published; empty means they can (product contract, section 5).
#[must_use]
pub fn preflight(bundle_id: &str, contents: &[ContentItem]) -> Vec<Blocker> {
    if contents.is_empty() {
        return vec![
            Blocker::new("no_content", "The bundle has no content items. Add the versions to publish.")
                .about(bundle_id, Some(format!("/admin/bundles/{bundle_id}"))),
        ];
    }
    contents.iter().flat_map(item_blockers).collect()
}

/// The step that people have yet to take before the bundle can be published: its approval, its instant, or mending what failed it.
#[must_use]
pub fn step_ahead(bundle: &Bundle) -> Option<Blocker> {
    let missing = |code: &str, message: String| {
        Some(Blocker::new(code, message).about(bundle.id.clone(), Some(bundle.admin_path())))
    };
    if let Some(failure) = bundle.state.failure() {
        let why = failure.message.trim_end_matches('.');
        return missing("failed", format!("{why}. Mend it, and have it tried again."));
    }
    match (bundle.state.approval(), bundle.stage()) {
        (None, BundleStage::ReadyForReview) => missing(
            "bundle_not_approved",
            "The bundle is not approved yet. Somebody approves it who did not create it, nor edit it or its datasets last."
                .to_owned(),
        ),
        (None, _) => missing("bundle_not_approved", "The bundle is not approved yet. Send it for review.".to_owned()),
        // A manual bundle has no instant: an operator publishes it by hand.
        (Some(_), BundleStage::Approved) if bundle.details.kind != BundleKind::Manual => {
            missing("not_scheduled", "The bundle has no instant yet. Schedule it.".to_owned())
        }
        (Some(_), _) => None,
    }
}

fn item_blockers(item: &ContentItem) -> Vec<Blocker> {
    let mut blockers = Vec::new();
    let page = admin_version_path(&item.dataset_id, &item.edition, item.version);
    let mut add = |code: &str, message: String| {
        blockers.push(Blocker::new(code, message).about(item.reference(), Some(page.clone())));
    };
    let name = format!("{}, {}, version {}", item.title, item.edition_title, item.version);
    if item.state != VersionState::Approved {
        add("not_approved", format!("{name} is {}, not approved.", item.state));
    } else if item.version_revision != item.validated_revision {
        add("changed", format!("{name} was changed after it was checked. Take it out and add it again."));
    }
    if item.approved_draft.is_some_and(|approved| approved != item.draft_revision) {
        let message = format!(
            "The dataset {} was edited since the approval by {}. Request changes and have the bundle approved again.",
            item.dataset_id, item.draft_edited_by.name
        );
        let bundle = format!("/admin/bundles/{}", item.bundle_id);
        blockers.push(Blocker::new("changed", message).about(item.dataset_id.clone(), Some(bundle)));
    }
    // Each leads to where it is mended: the file, the dataset whose metadata has gaps, the version that has to go first.
    let mut add = |code: &str, message: String, mended_at: String| {
        blockers.push(Blocker::new(code, message).about(item.reference(), Some(mended_at)));
    };
    let file = |id: Option<&str>| admin_file_path(&item.dataset_id, &item.edition, item.version, id);
    if item.sound_files == 0 {
        add("no_files", format!("{name} has no file that is ready."), file(None));
    }
    if item.unsound_files > 0 {
        let message = format!("{name} has {} file(s) that are not ready.", item.unsound_files);
        add("files_not_ready", message, file(item.unsound_file.as_deref()));
    }
    for gap in &item.gaps {
        add("incomplete_metadata", format!("{name}: {gap}"), format!("/admin/datasets/{}", item.dataset_id));
    }
    if let Some(before) = item.missing_predecessor {
        let message = format!("{name} comes after version {before}, which is neither public nor in this bundle.");
        add("predecessor_unpublished", message, admin_version_path(&item.dataset_id, &item.edition, before));
    }
    blockers
}
