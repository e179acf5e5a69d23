//! Rehearsing an import, and carrying it out.

use std::collections::BTreeSet;

use domain::curation::{ImportLine, ImportOutcome, ImportReport};
use domain::dataset::{Dataset, DatasetMetadata};
use domain::policy::Permission;
use domain::refusal::Refusal;
use domain::slug::Slug;
use persistence::{imports, topics};

use super::files::Sent;
use super::lines::{Line, read};
use super::of_version::Target;
use super::told::{capped, parts_of, problem, reasons};
use crate::datasets::{self, NewDataset};
use crate::files;
use crate::several::Turns;
use crate::versions::VersionKey;
use crate::{Ctx, Result, ServiceError, Services, ids};

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
/// stays where only what it says of a version, or its file, is refused, and that is told. A fault ends it: the line at which it
/// was is told as uncertain, those after it as not tried.
///
/// Bytes that became nobody's file are removed again. What is done is kept, and the report names the import by which it can be
/// taken back.
pub async fn carry_out(services: &Services, ctx: &Ctx, csv: &str, sent: Sent) -> Result<ImportReport> {
    let id = ids::new_id(ctx.now);
    let own = Ctx { import: Some(id.clone()), ..ctx.clone() };
    let report = run(services, &own, csv, sent, true).await?;
    // Where a fault has taken the database away, the report is needed all the same; the page of imports lists it later.
    let is_kept = matches!(imports::exists(services.db.pool(), &id).await, Ok(true));
    Ok(ImportReport { import: is_kept.then_some(id), ..report })
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
    let mut turns = Turns::default();
    for line in lines {
        let id = line.cell("id").to_owned();
        let outcome = if let Some(odd) = &line.odd {
            // Nothing is taken of it, so the dataset that it seems to name has not been spoken of.
            ImportOutcome::Refused(vec![odd.clone()])
        } else if seen.contains(&id) {
            ImportOutcome::Refused(vec![format!("id: {id} stands in the file before.")])
        } else {
            seen.push(id.clone());
            let turn = one(services, ctx, &line, sent, for_good);
            // Of what was carried out before a fault the report is needed all the same; a rehearsal has nothing to lose.
            if for_good { turns.take(&id, turn).await.unwrap_or_else(ImportOutcome::Refused) } else { turn.await? }
        };
        let title = line.cell("title").to_owned();
        told.push(ImportLine { line: line.number, id, title, outcome: capped(outcome) });
    }
    let mut report = ImportReport { lines: told, ..ImportReport::default() };
    // A line that was not tried may name any of the files.
    if !report.was_cut_short() {
        report.superfluous = sent.superfluous();
    }
    Ok(report)
}

/// What becomes of a line: first of its dataset, then of what it says of a version.
async fn one(services: &Services, ctx: &Ctx, line: &Line, sent: &mut Sent, for_good: bool) -> Result<ImportOutcome> {
    let plan = plan(services, ctx, line).await?;
    if !line.is_of_version() {
        return if for_good { act(services, ctx, plan).await } else { Ok(told_of(plan)) };
    }
    let target = Target::find(services, ctx, line).await?;
    let plan = with_version(plan, line, &target, sent);
    let outcome = if for_good { act(services, ctx, plan).await? } else { told_of(plan) };
    let parts = target.parts(line);
    if parts.is_empty() || matches!(outcome, ImportOutcome::Refused(_)) {
        return Ok(outcome);
    }
    if for_good && let Some(in_part) = put(services, ctx, line, target, sent).await? {
        return Ok(done_in_part(line, in_part));
    }
    Ok(told_with(outcome, parts))
}

/// The plan of a line, or why it cannot be carried out for the sake of what it says of a version.
fn with_version(plan: Plan, line: &Line, target: &Target, sent: &mut Sent) -> Plan {
    let mut wrong = target.problems(line);
    let file = line.cell("file");
    if !file.is_empty() {
        let key =
            VersionKey { dataset_id: line.cell("id").to_owned(), edition: line.cell("edition").to_owned(), version: 0 };
        wrong.extend(sent.problems_of(file, &key));
    }
    match plan {
        Plan::Refuse(reasons) => Plan::Refuse([reasons, wrong].concat()),
        plan if wrong.is_empty() => plan,
        _ => Plan::Refuse(wrong),
    }
}

fn told_with(outcome: ImportOutcome, of_version: Vec<String>) -> ImportOutcome {
    match outcome {
        ImportOutcome::Same => ImportOutcome::Changes(of_version),
        ImportOutcome::Changes(parts) => ImportOutcome::Changes([parts, of_version].concat()),
        other => other,
    }
}

/// What was said of a version and could not be carried out.
struct InPart {
    why: Refusal,
    /// What was saved of it before, in a sentence.
    saved: Option<String>,
}

/// Carries out what a line says of a version: its metadata, then its file. What was refused of it, if anything was.
async fn put(services: &Services, ctx: &Ctx, line: &Line, target: Target, sent: &mut Sent) -> Result<Option<InPart>> {
    let file = line.cell("file");
    if !file.is_empty()
        && let Err(why) = sent.must_have_arrived(file)
    {
        return Ok(Some(InPart { why, saved: None }));
    }
    let saved = target.saved(line);
    let version = match target.save(services, ctx, line).await {
        Ok(version) => version,
        Err(ServiceError::Refused(why)) => return Ok(Some(InPart { why, saved: None })),
        Err(fault) => return Err(fault),
    };
    if file.is_empty() {
        return Ok(None);
    }
    match sent.put(services, ctx, file, &version).await {
        Ok(()) => Ok(None),
        Err(ServiceError::Refused(why)) => Ok(Some(InPart { why, saved })),
        Err(fault) => Err(fault),
    }
}

/// What was said of the dataset stays where what was said of a version is refused, and so does what was saved of the version.
fn done_in_part(line: &Line, InPart { why, saved }: InPart) -> ImportOutcome {
    let file = line.cell("file");
    let refused =
        if file.is_empty() { "its version was not changed.".to_owned() } else { format!("{file} was not taken.") };
    let mut told = vec![format!("The dataset is as the line says; {refused}")];
    told.extend(saved);
    told.extend(reasons(&why));
    if file.is_empty() { ImportOutcome::WithoutVersion(told) } else { ImportOutcome::WithoutFile(told) }
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
    let (metadata, mut wrong) = line.applied(present.clone());
    let db = services.db.pool();
    // Each is asked for once, so that a statement never has more values than a database takes.
    let asked: Vec<String> = metadata.topics.iter().collect::<BTreeSet<_>>().into_iter().cloned().collect();
    let known = topics::known(db, &asked).await?;
    let unknown = asked.iter().filter(|id| !known.contains(id));
    wrong.extend(unknown.map(|id| format!("topics: There is no topic {id}.")));
    let department =
        found.as_ref().map_or_else(|| line.cell("department").to_owned(), |dataset| dataset.department.clone());
    if found.is_none() {
        wrong.extend(Slug::parse_beside_new("id", id).err().map(|found| problem(&found)));
        if !topics::department_exists(db, &department).await? {
            wrong.push(no_department(&department));
        }
    } else if !line.cell("department").is_empty() && line.cell("department") != department {
        wrong.push("department: A dataset does not change its department here.".to_owned());
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

/// What is wrong with the department of a new dataset.
fn no_department(id: &str) -> String {
    if id.is_empty() {
        let message = "A new dataset belongs to one. Add a column called department with its id, or fill it in.";
        return format!("department: {message}");
    }
    format!("department: There is no department {id}.")
}
