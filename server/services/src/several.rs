//! What was done to several things at once, each by itself.

use domain::refusal::Refusal;
use domain::several::{FAILED_AT, NOT_TRIED};

use crate::Result;

/// What became of each, and the first refusal of one of them for want of a right: where refusals are told as words beside what was
/// done, it is to be recorded all the same.
#[derive(Clone, Debug)]
pub struct Several<T> {
    /// What became of each.
    pub done: T,
    /// The first refusal for want of a right.
    pub refused_right: Option<Refusal>,
}

/// The turns of several things, one after another, until a fault ends them: with the database gone each of those left would only
/// wait for it as long as the one before.
#[derive(Debug, Default)]
pub(crate) struct Turns {
    has_failed: bool,
}

impl Turns {
    /// What became of a thing in its turn, or what is said of it where a fault kept it from one.
    ///
    /// What was done before a fault stays done, so that the fault is told beside it rather than instead of it.
    pub(crate) async fn take<T>(&mut self, id: &str, turn: impl Future<Output = Result<T>>) -> Result<T, Vec<String>> {
        if self.has_failed {
            return Err(vec![NOT_TRIED.to_owned()]);
        }
        turn.await.map_err(|fault| {
            self.has_failed = true;
            tracing::error!(
                id,
                error = &fault as &dyn std::error::Error,
                "a fault ended what was done to several things"
            );
            vec![FAILED_AT.to_owned()]
        })
    }
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
    use std::cell::Cell;

    use super::*;
    use crate::ServiceError;

    #[tokio::test]
    async fn nothing_is_tried_after_a_fault_and_what_was_done_before_it_stays() {
        let mut turns = Turns::default();
        assert_eq!(turns.take("one", async { Ok(1) }).await, Ok(1));
        let fault = async { Err::<i32, _>(ServiceError::Internal("the database is gone".to_owned())) };
        assert_eq!(turns.take("two", fault).await, Err(vec![FAILED_AT.to_owned()]));
        let tried = Cell::new(false);
        let third = async {
            tried.set(true);
            Ok(3)
        };
        assert_eq!(turns.take("three", third).await, Err(vec![NOT_TRIED.to_owned()]));
        assert!(!tried.get());
    }

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
