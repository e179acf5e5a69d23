//! The list of all files, for those who prepare, check or watch them.

use domain::file::{File, FileJob, FileState, FilesAsked, ListedFile, ListedFiles, place_of};
use domain::policy::Permission;
use domain::table::Severity;
use persistence::files::FileFilter;
use persistence::{file_jobs, files};

use crate::{Ctx, Result, Services};

/// How many files a page shows.
const SHOWN: usize = 50;

/// The newest files that fit, of all versions that the caller's own grants reach.
pub async fn newest(services: &Services, ctx: &Ctx, asked: &FilesAsked) -> Result<ListedFiles> {
    let caller = ctx.caller_with(Permission::DatasetsRead)?;
    let text = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let filter = FileFilter {
        state: asked.state(),
        format: text(&asked.format),
        name: text(&asked.q),
        uploader: text(&asked.by),
        after: asked.place(),
    };
    let (db, reach) = (services.db.pool(), caller.reach(Permission::DatasetsRead));
    let mut found = files::list_newest_visible_to(db, &reach, &filter, SHOWN as u64 + 1).await?;
    let more = found.len() > SHOWN;
    found.truncate(SHOWN);
    let next = found.last().filter(|_| more).map(|(stored, _)| place_of(&stored.file));
    let ids: Vec<&str> = found.iter().map(|(stored, _)| stored.file.id.as_str()).collect();
    let jobs = file_jobs::of_files(db, &ids).await?;
    let files = found.into_iter().map(|(stored, uploaded_by)| {
        let problem = problem_of(&stored.file, jobs.get(&stored.file.id));
        ListedFile { file: File { profile: None, ..stored.file }, uploaded_by, problem }
    });
    Ok(ListedFiles { files: files.collect(), next, max_bytes: services.settings.max_upload_bytes })
}

/// What is wrong with a file, or waits for somebody.
fn problem_of(file: &File, job: Option<&FileJob>) -> Option<String> {
    if file.state == FileState::Failed {
        let found = job.and_then(|job| job.problems.first().map(|problem| problem.message.clone()));
        return found.or_else(|| job.and_then(|job| job.last_error.clone())).or_else(|| Some("It failed.".to_owned()));
    }
    let blocking = file.profile.iter().flat_map(|profile| &profile.problems);
    let mut blocking = blocking.filter(|problem| problem.severity == Severity::Blocking);
    let first = blocking.next().filter(|_| file.waits_to_be_confirmed());
    first.map(|problem| format!("Waits to be confirmed: {}", problem.message))
}
