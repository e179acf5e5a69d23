//! Rehearsing an import, and carrying it out.

use domain::curation::{ImportLine, ImportOutcome, ImportReport};
use domain::dataset::{Dataset, DatasetMetadata};
use domain::policy::Permission;
use domain::refusal::Refusal;
use domain::slug::Slug;
use persistence::topics;

use super::files::Sent;
use super::lines::{Line, read};
use crate::datasets::{self, NewDataset};
use crate::files;
use crate::versions::VersionKey;
use crate::{Ctx, Result, ServiceError, Services};

/// What a line comes to.
enum Plan {
    Make(Box<NewDataset>),
    Change(Box<Dataset>, Box<DatasetMetadata>, Vec<String>),
    Nothing,
    Refuse(Vec<String>),
}

/// What an import would do, with the files that are meant to go with it; nothing is changed.
pub async fn rehearse(services: &Services, ctx: &Ctx, csv: &str, sent: Sent) -> Result<ImportReport> {
    run(services, ctx, csv, sent, false).await
}

/// Does what an import says, line by line: a line that is refused does not keep the others. What a line says of its dataset
/// stays where only its file is refused, and that is told.
///
/// Bytes that became nobody's file are removed again.
pub async fn carry_out(services: &Services, ctx: &Ctx, csv: &str, sent: Sent) -> Result<ImportReport> {
    run(services, ctx, csv, sent, true).await
}

/// Removes the bytes of an import that is not carried out after all.
pub async fn give_up(services: &Services, sent: Sent) {
    for received in sent.left() {
        files::forget(services, received).await;
    }
}

async fn run(services: &Services, ctx: &Ctx, csv: &str, mut sent: Sent, for_good: bool) -> Result<ImportReport> {
    let report = lines(services, ctx, csv, &mut sent, for_good).await;
    give_up(services, sent).await;
    report
}

async fn lines(services: &Services, ctx: &Ctx, csv: &str, sent: &mut Sent, for_good: bool) -> Result<ImportReport> {
    ctx.caller_with(Permission::DatasetsWrite)?;
    let lines = match read(csv) {
        Ok(lines) => lines,
        Err(problem) => return Ok(ImportReport { problem: Some(problem), ..ImportReport::default() }),
    };
    let mut told = Vec::with_capacity(lines.len());
    let mut seen: Vec<String> = Vec::new();
    for line in lines {
        let id = line.cell("id").to_owned();
        let plan = if seen.contains(&id) {
            Plan::Refuse(vec![format!("{id} stands in the file before.")])
        } else {
            with_file(plan(services, ctx, &line).await?, &line, sent)
        };
        let takes_file = !line.cell("file").is_empty() && !matches!(plan, Plan::Refuse(_));
        let mut outcome = if for_good { act(services, ctx, plan).await? } else { told_of(plan) };
        if takes_file && !matches!(outcome, ImportOutcome::Refused(_)) {
            outcome = told_with_file(outcome, line.cell("file"));
            if let Err(why) = if for_good { put(services, ctx, &line, sent).await? } else { Ok(()) } {
                outcome = ImportOutcome::WithoutFile(why);
            }
        }
        told.push(ImportLine { line: line.number, title: line.cell("title").to_owned(), id: id.clone(), outcome });
        seen.push(id);
    }
    Ok(ImportReport { lines: told, problem: None, superfluous: sent.superfluous() })
}

/// The plan of a line, or why it cannot be carried out for the sake of its file.
fn with_file(plan: Plan, line: &Line, sent: &mut Sent) -> Plan {
    if line.cell("file").is_empty() {
        return plan;
    }
    let key =
        VersionKey { dataset_id: line.cell("id").to_owned(), edition: line.cell("edition").to_owned(), version: 0 };
    let wrong = sent.problems_of(line, &key);
    match plan {
        Plan::Refuse(reasons) => Plan::Refuse([reasons, wrong].concat()),
        plan if wrong.is_empty() => plan,
        _ => Plan::Refuse(wrong),
    }
}

fn told_with_file(outcome: ImportOutcome, file: &str) -> ImportOutcome {
    let file = format!("file {file}");
    match outcome {
        ImportOutcome::Same => ImportOutcome::Changes(vec![file]),
        ImportOutcome::Changes(parts) => ImportOutcome::Changes([parts, vec![file]].concat()),
        other => other,
    }
}

/// Puts the file of a line into its place; what was said of the dataset stays where the file is refused.
async fn put(
    services: &Services,
    ctx: &Ctx,
    line: &Line,
    sent: &mut Sent,
) -> Result<std::result::Result<(), Vec<String>>> {
    match sent.put(services, ctx, line).await {
        Ok(()) => Ok(Ok(())),
        Err(ServiceError::Refused(refusal)) => {
            let mut why = vec![format!("The dataset is as the line says; {} was not taken.", line.cell("file"))];
            why.extend(reasons(&refusal));
            Ok(Err(why))
        }
        Err(fault) => Err(fault),
    }
}

fn told_of(plan: Plan) -> ImportOutcome {
    match plan {
        Plan::Make(_) => ImportOutcome::Makes,
        Plan::Change(_, _, parts) => ImportOutcome::Changes(parts),
        Plan::Nothing => ImportOutcome::Same,
        Plan::Refuse(reasons) => ImportOutcome::Refused(reasons),
    }
}

async fn act(services: &Services, ctx: &Ctx, plan: Plan) -> Result<ImportOutcome> {
    let (done, outcome) = match plan {
        Plan::Make(new) => (datasets::create(services, ctx, *new).await, ImportOutcome::Makes),
        Plan::Change(dataset, draft, parts) => {
            (datasets::edit(services, ctx, &dataset.id, dataset.revision, *draft).await, ImportOutcome::Changes(parts))
        }
        other => return Ok(told_of(other)),
    };
    match done {
        Ok(_) => Ok(outcome),
        Err(ServiceError::Refused(refusal)) => Ok(ImportOutcome::Refused(reasons(&refusal))),
        Err(fault) => Err(fault),
    }
}

/// What a line comes to, with everything that is wrong with it.
async fn plan(services: &Services, ctx: &Ctx, line: &Line) -> Result<Plan> {
    let caller = ctx.caller()?;
    let id = line.cell("id");
    let found = match datasets::find(services, ctx, id).await {
        Ok(dataset) => Some(dataset),
        Err(ServiceError::Refused(Refusal::NotFound)) => None,
        Err(other) => return Err(other),
    };
    let present = found.as_ref().map(Dataset::working).unwrap_or_default();
    let metadata = match line.applied(present.clone()) {
        Ok(metadata) => metadata,
        Err(problem) => return Ok(Plan::Refuse(vec![problem])),
    };
    let mut wrong: Vec<String> =
        metadata.problems().into_iter().map(|p| format!("{}: {}", p.field, p.message)).collect();
    let db = services.db.pool();
    let known = topics::known(db, &metadata.topics).await?;
    wrong.extend(metadata.topics.iter().filter(|id| !known.contains(id)).map(|id| format!("There is no topic {id}.")));
    let department =
        found.as_ref().map_or_else(|| line.cell("department").to_owned(), |dataset| dataset.department.clone());
    if found.is_none() {
        wrong.extend(Slug::parse("id", id).err().map(|problem| problem.message));
        if !topics::department_exists(db, &department).await? {
            wrong.push(format!("There is no department {department}."));
        }
    } else if !line.cell("department").is_empty() && line.cell("department") != department {
        wrong.push("A dataset does not change its department here.".to_owned());
    }
    if !caller.may_for(Permission::DatasetsWrite, &department, id) {
        wrong.push("Your rights do not reach this dataset.".to_owned());
    }
    if !wrong.is_empty() {
        return Ok(Plan::Refuse(wrong));
    }
    Ok(match found {
        None => Plan::Make(Box::new(NewDataset { id: id.to_owned(), kind: "static".to_owned(), department, metadata })),
        Some(_) if metadata == present => Plan::Nothing,
        Some(dataset) => {
            let parts = parts_of(&present, &metadata);
            Plan::Change(Box::new(dataset), Box::new(metadata), parts)
        }
    })
}

/// The names of the parts in which two states differ.
fn parts_of(before: &DatasetMetadata, after: &DatasetMetadata) -> Vec<String> {
    let fields = |metadata: &DatasetMetadata| match serde_json::to_value(metadata) {
        Ok(serde_json::Value::Object(fields)) => fields,
        _ => serde_json::Map::new(),
    };
    let (before, after) = (fields(before), fields(after));
    after.into_iter().filter(|(name, value)| before.get(name) != Some(value)).map(|(name, _)| name).collect()
}

fn reasons(refusal: &Refusal) -> Vec<String> {
    match refusal {
        Refusal::Invalid { problems } | Refusal::Unreadable { problems } => {
            problems.iter().map(|problem| format!("{}: {}", problem.field, problem.message)).collect()
        }
        other => vec![other.to_string()],
    }
}
