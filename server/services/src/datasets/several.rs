//! Changing several datasets at once, each by itself as if it alone were changed.

use domain::dataset::desk::{ChangedDataset, DatasetChange, DatasetsChanged, MOST};
use domain::dataset::{Dataset, DatasetMetadata};
use domain::policy::Permission;
use domain::refusal::Refusal;
use domain::text::check_line;

use super::{edit, find, give_to};
use crate::several::{Turns, reasons_keeping};
use crate::{Ctx, Result, ServiceError, Services, Several};

/// Makes one change to each of these datasets, told by id and the revision that was looked at, if it may be; the others stay as
/// they are, as do those after a fault.
///
/// # Errors
/// `Forbidden` for who may change no dataset at all, `Invalid` for none or too many, and for a value that is empty.
pub async fn change_several(
    services: &Services,
    ctx: &Ctx,
    chosen: &[(String, i64)],
    change: DatasetChange,
    value: &str,
) -> Result<Several<DatasetsChanged>> {
    ctx.caller_with(Permission::DatasetsWrite)?;
    if chosen.is_empty() || chosen.len() > MOST {
        let message = format!("Tick between 1 and {MOST} datasets.");
        return Err(Refusal::field("chosen", "count", message).into());
    }
    let value = value.trim();
    let mut problems = Vec::new();
    check_line(&mut problems, change.as_str(), value, 300);
    domain::refusal::all_valid(problems)?;
    let mut datasets: Vec<ChangedDataset> = Vec::with_capacity(chosen.len());
    let (mut turns, mut refused_right) = (Turns::default(), None);
    for (id, revision) in chosen {
        if datasets.iter().any(|known| known.id == *id) {
            continue;
        }
        let turn = change_one(services, ctx, (id, *revision), change, value, &mut refused_right);
        let changed = turns.take(id, turn).await;
        datasets.push(changed.unwrap_or_else(|refused| ChangedDataset { id: id.clone(), title: id.clone(), refused }));
    }
    Ok(Several { done: DatasetsChanged { datasets }, refused_right })
}

async fn change_one(
    services: &Services,
    ctx: &Ctx,
    (id, revision): (&str, i64),
    change: DatasetChange,
    value: &str,
    refused_right: &mut Option<Refusal>,
) -> Result<ChangedDataset> {
    let dataset = match find(services, ctx, id).await {
        Ok(dataset) => dataset,
        Err(ServiceError::Refused(refusal)) => {
            return Ok(ChangedDataset { id: id.to_owned(), title: id.to_owned(), refused: refusal.reasons() });
        }
        Err(fault) => return Err(fault),
    };
    let title = dataset.working().title;
    let refused = match make(services, ctx, &dataset, revision, change, value).await {
        Ok(()) => Vec::new(),
        Err(ServiceError::Refused(refusal)) => reasons_keeping(refused_right, &refusal),
        Err(fault) => return Err(fault),
    };
    Ok(ChangedDataset { id: id.to_owned(), title, refused })
}

/// The change by the use case that makes it to one dataset; the revision is the one that was looked at.
async fn make(
    services: &Services,
    ctx: &Ctx,
    dataset: &Dataset,
    revision: i64,
    change: DatasetChange,
    value: &str,
) -> Result<()> {
    let before = dataset.working();
    let after = match change {
        DatasetChange::Department if dataset.department == value => return Err(as_it_is()),
        DatasetChange::Department => {
            give_to(services, ctx, &dataset.id, revision, value).await?;
            return Ok(());
        }
        DatasetChange::Topic => before.clone().under_topic(value),
        DatasetChange::NextRelease => DatasetMetadata { next_release: Some(value.to_owned()), ..before.clone() },
    };
    if after == before {
        return Err(as_it_is());
    }
    edit(services, ctx, &dataset.id, revision, after).await?;
    Ok(())
}

fn as_it_is() -> ServiceError {
    Refusal::blocked("unchanged", "It is so already, so nothing was changed.").into()
}
