//! What was done to several things at once, each by itself.

use domain::refusal::Refusal;

/// What became of each, and the first refusal of one of them for want of a right: where refusals are told as words beside what was
/// done, it is to be recorded all the same.
#[derive(Clone, Debug)]
pub struct Several<T> {
    /// What became of each.
    pub done: T,
    /// The first refusal for want of a right.
    pub refused_right: Option<Refusal>,
}

/// The reasons of a refusal; the first that is for want of a right is kept.
pub(crate) fn reasons_keeping(refused_right: &mut Option<Refusal>, refusal: &Refusal) -> Vec<String> {
    if refusal.is_for_want_of_a_right() {
        refused_right.get_or_insert_with(|| refusal.clone());
    }
    refusal.reasons()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_refused_right_is_kept_among_other_refusals() {
        let mut kept = None;
        assert!(!reasons_keeping(&mut kept, &Refusal::Stale).is_empty());
        assert_eq!(kept, None);
        let first = Refusal::FourEyes { message: "Somebody else has to.".to_owned() };
        assert_eq!(reasons_keeping(&mut kept, &first), ["Somebody else has to."]);
        reasons_keeping(&mut kept, &Refusal::Forbidden { permission: "bundles:approve".to_owned() });
        assert_eq!(kept, Some(first));
    }
}
