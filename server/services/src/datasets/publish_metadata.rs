//! Making the draft of a public dataset public without a new version.

use domain::dataset::Dataset;
use domain::policy::Permission;
use domain::refusal::{Blocker, Refusal};
use persistence::datasets;

use super::create::unknown_topics;
use crate::records::{self, Entry};
use crate::{Ctx, Result, Services, public_change};

/// Publishes the draft, by somebody other than its last editor; readers see it from the commit on.
///
/// `expected` is the revision that the caller looked at; without it the present one is taken, and the write is still conditional.
pub async fn publish_metadata(services: &Services, ctx: &Ctx, id: &str, expected: Option<i64>) -> Result<Dataset> {
    let tx = services.db.begin().await?;
    let (dataset, caller) = super::find_to_change(&tx, ctx, Permission::DatasetsCorrect, id).await?;
    if expected.is_some_and(|revision| revision != dataset.revision) {
        return Err(Refusal::Stale.into());
    }
    let mut blockers = publication_blockers(&dataset);
    for problem in unknown_topics(&tx, &dataset.working()).await? {
        blockers.push(Blocker::new("unknown_topic", problem.message));
    }
    if !blockers.is_empty() {
        return Err(Refusal::Blocked { message: "The draft cannot be published now.".to_owned(), blockers }.into());
    }
    if caller.is_same_person(&dataset.last_edited_by) {
        let message = "You edited this draft last, so somebody else has to publish it.".to_owned();
        return Err(Refusal::FourEyes { message }.into());
    }
    if !datasets::publish_metadata(&tx, id, dataset.revision, ctx.now).await? {
        return Err(Refusal::Stale.into());
    }
    let waived = caller.waives_four_eyes_of(&dataset.last_edited_by);
    Entry::new(ctx, &caller.actor, records::dataset(id), "metadata_published")
        .change(&dataset.published, &dataset.draft)?
        .details(records::waiver(waived))
        .write(&tx);
    public_change::raise(&tx, id).await?;
    let published = datasets::find_visible_to(&tx, &ctx.reach(), id).await?.ok_or(Refusal::NotFound)?;
    persistence::db::commit(tx).await?;
    public_change::tell(services);
    Ok(published)
}

/// What stands in the way of publishing the draft of a dataset by itself, apart from who asks.
pub(super) fn publication_blockers(dataset: &Dataset) -> Vec<Blocker> {
    if dataset.published.is_none() {
        let message = "Nothing of the dataset is public yet. Its draft becomes public with its first version.";
        return vec![Blocker::new("not_published", message)];
    }
    if dataset.published == dataset.draft {
        return vec![Blocker::new("nothing_to_publish", "The draft says what is public already.")];
    }
    let page = format!("/admin/datasets/{}", dataset.id);
    let gaps = dataset.working().gaps().into_iter();
    gaps.map(|(field, sentence)| Blocker::new("gap", sentence).about(field, Some(page.clone()))).collect()
}
