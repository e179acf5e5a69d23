//! The order in which pages list editions: as editors chose, and before they chose the one released last first.

use std::collections::HashMap;

use domain::actor::Caller;
use domain::dataset::{Edition, EditionMove};
use domain::policy::{Permission, Reach};
use domain::refusal::Refusal;
use persistence::{Connection, Tx, editions};

use crate::{Ctx, Result, ServiceError, Services, public_change, records};

/// An edition with the place that editors gave it, where they gave it one.
type Placed = (Edition, Option<i64>);

/// Editions in the order that editors gave them; what has no place yet comes before the others and stays as it stood.
pub(crate) fn in_order(mut found: Vec<Placed>) -> Vec<Edition> {
    found.sort_by_key(|(_, place)| *place);
    found.into_iter().map(|(edition, _)| edition).collect()
}

/// The same for those who work on the dataset: among what has no place yet, what is not public comes first.
///
/// What is public stands as readers find it, not as its versions to come would have it: whoever moves one edition keeps the
/// others where they stood, and that must tell nobody of a release that is being prepared.
pub(super) async fn of_desk(db: &impl Connection, reach: &Reach, id: &str) -> Result<Vec<Placed>> {
    let public = editions::list_visible_to(db, &Reach::PublishedOnly, id).await?;
    let ranks: HashMap<&str, usize> = public.iter().map(|edition| edition.edition.as_str()).zip(0..).collect();
    let mut found = editions::list_with_places_visible_to(db, reach, id).await?;
    found.sort_by_key(|(edition, place)| (*place, ranks.get(edition.edition.as_str()).copied()));
    Ok(found)
}

/// Whether every public edition has its place. Where one has none, any move gives it its first, which settles in what order
/// readers find it from then on, whatever is released later.
pub(super) fn is_settled(found: &[Placed]) -> bool {
    found.iter().all(|(edition, place)| edition.published_at.is_none() || place.is_some())
}

/// Moves an edition past the one that its mover saw beside it, and keeps all others where they are.
///
/// Between two public editions readers see it at once, and where a public one has no place yet its first is settled: that takes
/// the right to correct. Past one that is not public, to write is enough otherwise.
///
/// # Errors
/// `NotFound` and `Forbidden` as for any change of the dataset, `Stale` where another edition stands beside it meanwhile, and
/// `Blocked` while one of the editions is being changed or published.
pub async fn move_edition(
    services: &Services,
    ctx: &Ctx,
    id: &str,
    edition: &str,
    way: EditionMove,
    past: &str,
) -> Result<Edition> {
    let tx = services.db.begin().await?;
    ctx.caller()?;
    // A publication writes its editions first and takes their datasets last, and then the editions of the next bundle where it
    // publishes several at once. Whoever held some of these rows while waiting for others could stand in a circle with it, and it
    // might be the publication that the database gives up. So nothing is waited for here, the dataset's row neither: either all
    // editions are free, or the move is refused. While they are held, nobody else moves them, and none of them becomes public.
    let held = editions::lock_free(&tx, id).await?;
    let found = of_desk(&tx, &ctx.reach(), id).await?;
    let find = |wanted: &str| found.iter().zip(0_usize..).find(|((one, _), _)| one.edition == wanted);
    let ((moved, _), at) = find(edition).ok_or(Refusal::NotFound)?;
    let other = find(past);
    let shows = moved.published_at.is_some() && other.is_some_and(|((other, _), _)| other.published_at.is_some());
    let caller = find_mover(&tx, ctx, id, &found, shows).await?;
    if found.iter().any(|(one, _)| !held.contains(&one.edition)) {
        let message = "An edition of this dataset is being changed or published right now. Try again in a moment.";
        return Err(Refusal::blocked("edition_in_use", message).into());
    }
    let to = match way {
        EditionMove::Up => at.checked_sub(1),
        EditionMove::Down => at.checked_add(1),
    };
    let to = to.filter(|to| other.is_some_and(|(_, at)| at == *to)).ok_or(Refusal::Stale)?;

    let before: Vec<&str> = found.iter().map(|(one, _)| one.edition.as_str()).collect();
    let mut after = before.clone();
    after.swap(at, to);
    let known: HashMap<&str, i64> =
        found.iter().filter_map(|(one, place)| Some((one.edition.as_str(), (*place)?))).collect();
    let mut places: Vec<(&str, i64)> = after.iter().copied().zip(1..).collect();
    places.retain(|(one, place)| known.get(one) != Some(place));
    editions::place(&tx, id, &places).await?;
    let order = |editions: &[&str]| serde_json::json!({"editions": editions});
    let entry = records::Entry::new(ctx, &caller.actor, records::dataset(id), "editions_reordered");
    entry.details(serde_json::json!({"edition": edition})).change(&order(&before), &order(&after))?.write(&tx);
    if shows {
        public_change::raise(&tx, id).await?;
    }
    let moved = moved.clone();
    persistence::db::commit(tx).await?;
    public_change::tell(services);
    Ok(moved)
}

/// Whoever may move these editions: who corrects, and who writes where that settles nothing of what readers see.
async fn find_mover<'a>(tx: &Tx, ctx: &'a Ctx, id: &str, found: &[Placed], shows: bool) -> Result<&'a Caller> {
    match super::find_to_change(tx, ctx, Permission::DatasetsCorrect, id).await {
        Err(ServiceError::Refused(refused @ Refusal::Forbidden { .. })) => {
            // Whoever may not write either is told that, so that nobody learns from it which editions have places.
            let (_, writer) = super::find_to_change(tx, ctx, Permission::DatasetsWrite, id).await?;
            if shows || !is_settled(found) { Err(refused.into()) } else { Ok(writer) }
        }
        corrector => Ok(corrector?.1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placed(edition: &str, place: Option<i64>) -> Placed {
        let edition = Edition {
            dataset_id: "cpi".into(),
            edition: edition.into(),
            title: edition.into(),
            title_cy: None,
            published_at: None,
            latest_version: None,
            latest_release: None,
            revision: 1,
        };
        (edition, place)
    }

    #[test]
    fn what_was_placed_stands_in_its_place_and_what_was_not_before_it() {
        let found = vec![placed("c", Some(2)), placed("e", None), placed("a", Some(1)), placed("d", None)];
        let listed: Vec<String> = in_order(found).into_iter().map(|edition| edition.edition).collect();
        assert_eq!(listed, ["e", "d", "a", "c"]);
    }

    #[test]
    fn an_order_is_settled_when_all_that_is_public_has_its_place() {
        let public = |edition: &str, place: Option<i64>| {
            let (edition, place) = placed(edition, place);
            (Edition { published_at: Some(chrono::DateTime::UNIX_EPOCH), ..edition }, place)
        };
        assert!(is_settled(&[placed("a", None), placed("b", None)]));
        assert!(is_settled(&[placed("a", None), public("b", Some(2)), public("c", Some(1))]));
        assert!(!is_settled(&[placed("a", Some(1)), public("b", Some(2)), public("c", None)]));
    }
}
