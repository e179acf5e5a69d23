//! The way back from a change of a bundle's contents: what it was is left for the page after it.

use crate::visit::Visit;

/// The forms that leave a way back.
const FORMS: [&str; 4] =
    ["bundles/add-content", "bundles/add-contents", "bundles/remove-content", "bundles/remove-contents"];
const BUNDLE: &str = "bundle";
const ADDED: &str = "added";
const REMOVED: &str = "removed";

/// What undoes the last change; versions are named `dataset/edition/number`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Undo {
    /// Taking these out again.
    TakeOut(Vec<String>),
    /// Putting these in again.
    PutBack(Vec<String>),
}

/// What undoes the change that led to this page of a bundle, where one did.
#[must_use]
pub fn undo(visit: &Visit, bundle: &str) -> Option<Undo> {
    let flash = visit.flash.as_ref().filter(|flash| flash.refusal.is_none() && FORMS.contains(&flash.form.as_str()))?;
    if flash.values.get(BUNDLE)?.first()? != bundle {
        return None;
    }
    let named = |key: &str| flash.values.get(key).filter(|versions| !versions.is_empty()).cloned();
    named(ADDED).map(Undo::TakeOut).or_else(|| named(REMOVED).map(Undo::PutBack))
}

/// Leaves for the next page what was done and what undoes it.
#[cfg(not(target_family = "wasm"))]
pub(super) fn leave(form: &str, bundle: &str, undo: Undo, notice: String) {
    crate::request::visit().leave(flash(form, bundle, undo, notice));
}

#[cfg(not(target_family = "wasm"))]
fn flash(form: &str, bundle: &str, undo: Undo, notice: String) -> crate::visit::Flash {
    let (key, versions) = match undo {
        Undo::TakeOut(versions) => (ADDED, versions),
        Undo::PutBack(versions) => (REMOVED, versions),
    };
    let values = [(BUNDLE.to_owned(), vec![bundle.to_owned()]), (key.to_owned(), versions)].into_iter().collect();
    crate::visit::Flash { form: form.to_owned(), values, notice: Some(notice), refusal: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_undone_on_the_page_of_its_own_bundle_alone() {
        let added = Undo::TakeOut(vec!["gdp/series/1".to_owned()]);
        let left = flash("bundles/add-contents", "spring", added.clone(), "One version was added.".to_owned());
        let visit = Visit { flash: Some(left), ..Visit::default() };
        assert_eq!(undo(&visit, "spring"), Some(added));
        assert_eq!(undo(&visit, "autumn"), None);
        let removed = Undo::PutBack(vec!["gdp/series/1".to_owned()]);
        let left = flash("bundles/remove-content", "spring", removed.clone(), "Taken out.".to_owned());
        assert_eq!(undo(&Visit { flash: Some(left), ..Visit::default() }, "spring"), Some(removed));
        assert_eq!(undo(&Visit::default(), "spring"), None);
    }
}
