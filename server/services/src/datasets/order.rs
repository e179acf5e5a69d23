//! The order in which editions are listed: as editors chose, and before they chose the one released last first.

use std::collections::HashMap;

use domain::dataset::{Edition, EditionMove};
use domain::policy::{Permission, Reach};
use domain::refusal::Refusal;
use persistence::{Connection, editions};

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

/// Moves an edition past the one that its mover saw beside it, and keeps all others where they are.
///
/// Between two public editions readers see it at once, so that takes the right to correct; past one that is not public, to
/// write is enough.
///
/// # Errors
/// `NotFound` and `Forbidden` as for any change of the dataset, and `Stale` where another edition stands beside it meanwhile.
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
    // Two who move editions of the same dataset come one after the other.
    persistence::datasets::lock(&tx, id).await?;
    let found = of_desk(&tx, &ctx.reach(), id).await?;
    let find = |wanted: &str| found.iter().zip(0_usize..).find(|((one, _), _)| one.edition == wanted);
    let ((moved, _), at) = find(edition).ok_or(Refusal::NotFound)?;
    let other = find(past);
    let shows = moved.published_at.is_some() && other.is_some_and(|((other, _), _)| other.published_at.is_some());
    let (_, caller) = match super::find_to_change(&tx, ctx, Permission::DatasetsCorrect, id).await {
        Err(ServiceError::Refused(Refusal::Forbidden { .. })) if !shows => {
            super::find_to_change(&tx, ctx, Permission::DatasetsWrite, id).await?
        }
        found => found?,
    };
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
}
