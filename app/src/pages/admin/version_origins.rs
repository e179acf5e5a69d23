//! Where what stands in the fields of a version comes from: copied from the version before, changed, or new.

use domain::bundle::preview::Change;
use domain::review::{Origin, VersionReview};
use domain::version::VersionMetadata;
use leptos::prelude::*;

use crate::components::portal::value_view;

/// A version's fields against those of the one before.
pub(super) struct Origins {
    before: Option<u32>,
    now: VersionMetadata,
    differences: Vec<Change>,
}

impl Origins {
    /// The origins of a version's fields.
    pub(super) fn of_review(review: &VersionReview) -> Self {
        let before = review.before.as_ref().map(|before| before.version);
        Self { before, now: review.page.version.metadata.clone(), differences: review.details.clone() }
    }

    /// What is said below a field; nothing where neither version says anything, or there is none before.
    pub(super) fn of(&self, label: &str, field: &str) -> Option<AnyView> {
        let before = self.before?;
        let (mark, words, was) = match Origin::of(&self.differences, &self.now, field) {
            Origin::Nothing => return None,
            Origin::Copied => ("Copied", format!("{label}: as in version {before}."), None),
            Origin::New => ("New", format!("{label}: version {before} says nothing."), None),
            Origin::Changed(was) => ("Changed", format!("{label}: version {before} says "), Some(was)),
            Origin::LeftOut(was) => ("Left out", format!("{label}: version {before} says "), Some(was)),
        };
        let was = was.map(|was| view! { <span class="diff diff--before">{value_view(field, &was)}</span> });
        Some(view! { <p class="small"><span class="tag">{mark}</span>" "{words}{was}</p> }.into_any())
    }
}
