//! What is said where several things were to be changed, each by itself, and a fault ended that.

/// Of the one at which the fault was, as it may have come after the change.
pub const FAILED_AT: &str =
    "It may not have been changed, by a fault of the service. Look at it before you try it again.";
/// Of each that came after it.
pub const NOT_TRIED: &str = "It was not tried, because of a fault of the service at one before it. Try it again.";

/// Whether one of these reasons says that nobody knows if it was changed.
#[must_use]
pub fn is_uncertain(reasons: &[String]) -> bool {
    reasons.iter().any(|reason| reason == FAILED_AT)
}

/// Whether a fault, and no refusal, is among these reasons: then it may not even have been read.
#[must_use]
pub fn is_by_fault(reasons: &[String]) -> bool {
    is_uncertain(reasons) || reasons.iter().any(|reason| reason == NOT_TRIED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_told_from_a_refusal_and_the_uncertain_from_the_untouched() {
        let told = |reason: &str| {
            let reasons = [reason.to_owned()];
            (is_by_fault(&reasons), is_uncertain(&reasons))
        };
        assert_eq!(
            [told(FAILED_AT), told(NOT_TRIED), told("It is public.")],
            [(true, true), (true, false), (false, false)]
        );
        assert!(!is_by_fault(&[]));
    }
}
