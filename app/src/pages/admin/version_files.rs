//! The files of a version: what they hold, what was found in them, and the upload.

use domain::file::{File, FileJob, FileSight, FileState};
use domain::table::{ENCODINGS, Preview, Problem, Severity};
use domain::views::VersionAdminPage;
use leptos::prelude::*;
use rpc::Visit;

use super::version_recall::{withdraw, withdrawn};
use super::version_steps::identity;
use crate::components::form::{Form, hidden};
use crate::components::portal::{Confirmed, empty, files_panel, grouped, size_words, state_tag};

/// Rows of a table shown to its editor.
const SHOWN_ROWS: usize = 8;

/// The files with their previews and problems, and the form for another.
pub(super) fn files(page: &VersionAdminPage, visit: &Visit) -> AnyView {
    let list = if page.files.is_empty() {
        let text = if page.can_edit {
            "Upload at least one file before the version is submitted."
        } else {
            "This version has no files."
        };
        empty("No files yet", text, None)
    } else {
        let items: Vec<AnyView> = page.files.iter().map(|(file, sight)| file_view(page, file, sight, visit)).collect();
        view! { <ul class="uploader__list">{items}</ul> }.into_any()
    };
    let upload = page.can_edit.then(|| upload(page, visit));
    let withdrawn = withdrawn(page, visit);
    files_panel(view! { <div class="stack">{list}{withdrawn}{upload}</div> }.into_any())
}

fn file_view(page: &VersionAdminPage, file: &File, sight: &FileSight, visit: &Visit) -> AnyView {
    let (filename, size) = (file.filename.clone(), size_words(file.size));
    // What failed is given out to nobody.
    let name = if file.state == FileState::Failed {
        filename.into_any()
    } else {
        let href = format!("/files/{}/content", file.id);
        view! { <a href=href>{filename}</a> }.into_any()
    };
    let rows = file.profile.as_ref().map(|profile| {
        let text = format!("{} rows, {} columns", grouped(profile.rows), profile.columns.len());
        view! { <span>{text}</span> }
    });
    let remove = page.can_edit.then(|| {
        let remove = Confirmed {
            words: "Remove",
            about: &file.filename,
            note: "The file is taken out of the version. To have it back, upload it again.",
            action: "/rpc/files/delete",
            fields: hidden("id", &file.id),
        };
        remove.view()
    });
    let job = page.jobs.iter().find(|job| job.file_id == file.id);
    let again = job.filter(|job| page.can_edit && !job.is_open() && !file.state.is_sound()).map(|_| {
        let form = Form::of(visit, "files/retry");
        let name = format!(" {}", file.filename);
        view! {
            <form method="post" action=form.action()>
                {hidden("id", &file.id)}
                <button class="link-button">"Look into it again"<span class="visually-hidden">{name}</span></button>
            </form>
        }
    });
    let hash = file.sha256.get(..12).unwrap_or_default().to_owned();
    view! {
        <li class="upload" id=format!("file-{}", file.id)>
            <span class="upload__name">{name}</span>
            <span class="upload__meta meta"><span>{size}</span>{rows}<span class="mono">{format!("sha256 {hash}")}</span></span>
            <span class="upload__actions cluster">{state_tag(file.state.as_str())}{again}{remove}</span>
        </li>
        {job.map(|job| looking(page, job))}
        {unread(file)}
        {found(file, job)}
        {withdraw(page, file, visit)}
        {confirmation(page, file, visit)}
        {naming(page, file, visit)}
        {encoding(page, file, visit)}
        {sight.preview.as_ref().map(|preview| table_preview(file, preview))}
    }
    .into_any()
}

/// How the looking into a large file stands; the page is asked for anew by whoever wants to know more.
fn looking(page: &VersionAdminPage, job: &FileJob) -> AnyView {
    if !job.is_open() {
        let error = job.last_error.clone().filter(|_| job.state != domain::file::FileJobState::Done);
        return error.map(|error| view! { <li><p class="meta">{error}</p></li> }).into_any();
    }
    let tried = if job.attempts > 1 { format!(" It was tried {} times.", job.attempts) } else { String::new() };
    let text = format!("The file is being read. The version can be submitted when that is done.{tried} ");
    let href = page.version.admin_path();
    view! { <li><p class="meta" role="status">{text}<a href=href>"Look again"</a></p></li> }.into_any()
}

/// What readers and editors go without where no table was found in a workbook, or it was sent before those of its form were read.
fn unread(file: &File) -> AnyView {
    let is_workbook = matches!(file.format.as_str(), "xlsx" | "xls" | "ods");
    if !is_workbook || file.state != FileState::Ready || file.profile.is_some() {
        return ().into_any();
    }
    let text = "No table was read from this workbook. It is kept exactly as it is, nothing in it is checked, and readers get no preview, chart or \
                data explorer. Remove it and upload it again, or upload the table as CSV beside it, to have these.";
    view! { <li><p class="meta">{text}</p></li> }.into_any()
}

/// What was found in the table, worst first.
fn found(file: &File, job: Option<&FileJob>) -> AnyView {
    let of_job: Vec<Problem> = job.map(|job| job.problems.clone()).unwrap_or_default();
    let of_file = || file.profile.as_ref().map(|profile| profile.problems.clone()).unwrap_or_default();
    let mut problems = if of_job.is_empty() { of_file() } else { of_job };
    problems.sort_by_key(|problem| std::cmp::Reverse(problem.severity));
    if problems.is_empty() {
        return ().into_any();
    }
    let items: Vec<AnyView> = problems
        .into_iter()
        .map(|problem| {
            let modifier = match problem.severity {
                Severity::Note => "pending",
                Severity::Warning => "warn",
                Severity::Blocking | Severity::Error => "fail",
            };
            let place = problem.line.map(|line| format!("line {line}"));
            view! {
                <li class=format!("check check--{modifier}")>
                    <span class="check__text">{problem.message}</span><span class="check__note">{place}</span>
                </li>
            }
            .into_any()
        })
        .collect();
    view! { <li><ul class="checklist">{items}</ul></li> }.into_any()
}

/// Why what was found is meant, or the form that asks for it.
fn confirmation(page: &VersionAdminPage, file: &File, visit: &Visit) -> AnyView {
    if let Some(why) = &file.confirmed {
        return view! { <li><p class="meta">{format!("Confirmed: {why}")}</p></li> }.into_any();
    }
    if !page.can_edit || !file.waits_to_be_confirmed() {
        return ().into_any();
    }
    let form = Form::of(visit, "files/confirm").where_is("id", &file.id);
    let hint = "Why what was found is meant. Until somebody says so the version cannot go on.";
    view! {
        <li>
            <form class="stack stack--tight" method="post" action=form.action() novalidate=true>
                {hidden("id", &file.id)}
                {form.field("reason", "Reason").hint(hint).textarea()}
                <button class="button button--secondary">"Confirm"<span class="visually-hidden">{format!(" {}", file.filename)}</span></button>
            </form>
        </li>
    }
    .into_any()
}

/// The names under which a file will be public, to be changed while its version is prepared.
fn naming(page: &VersionAdminPage, file: &File, visit: &Visit) -> AnyView {
    if !page.can_edit {
        return ().into_any();
    }
    let form = Form::of(visit, "files/rename").where_is("id", &file.id);
    let title = if file.title == file.filename { "" } else { file.title.as_str() };
    let hint = "Its ending stays, as that says what kind of file it is.";
    view! {
        <li>
            <details class="details" open=form.was_refused()>
                <summary>{format!("Rename {}", file.filename)}</summary>
                <form class="details__body stack stack--tight" method="post" action=form.action() novalidate=true>
                    {hidden("id", &file.id)}
                    {form.field("filename", "Name of the file").value(&file.filename).hint(hint).input()}
                    {form.field("title", "Title of the file").value(title).optional().hint("The name where there is none.").input()}
                    <button class="button button--secondary">"Rename"<span class="visually-hidden">{format!(" {}", file.filename)}</span></button>
                </form>
            </details>
        </li>
    }
    .into_any()
}

/// The choice of another encoding, where that of the bytes was guessed or chosen before.
fn encoding(page: &VersionAdminPage, file: &File, visit: &Visit) -> AnyView {
    let guessed = file.profile.as_ref().filter(|profile| {
        file.format == "csv" && page.can_edit && !profile.byte_order_mark && profile.encoding != "UTF-8"
    });
    let Some(profile) = guessed else { return ().into_any() };
    let form = Form::of(visit, "files/read-as").where_is("id", &file.id);
    let options = ENCODINGS.iter().map(|name| ((*name).to_owned(), (*name).to_owned())).collect();
    let hint = "The file is read anew; its bytes stay as they are.";
    let field = form.field("encoding", "Encoding").value(&profile.encoding).hint(hint).select(options);
    view! {
        <li>
            <details class="details" open=form.was_refused()>
                <summary>{format!("Read {} in another encoding", file.filename)}</summary>
                <form class="details__body stack stack--tight" method="post" action=form.action() novalidate=true>
                    {hidden("id", &file.id)}
                    {field}
                    <button class="button button--secondary">"Read anew"</button>
                </form>
            </details>
        </li>
    }
    .into_any()
}

fn table_preview(file: &File, preview: &Preview) -> AnyView {
    let numeric: Vec<bool> = preview.columns.iter().map(|column| column.kind.is_numeric()).collect();
    let class = |i: usize| if numeric.get(i).copied().unwrap_or_default() { "num" } else { "" };
    let headings: Vec<AnyView> = preview
        .columns
        .iter()
        .enumerate()
        .map(|(i, column)| {
            let (label, class) = (column.label.clone(), class(i));
            view! { <th scope="col" class=class>{label}</th> }.into_any()
        })
        .collect();
    let rows: Vec<AnyView> = preview
        .rows
        .iter()
        .take(SHOWN_ROWS)
        .map(|row| {
            let cells: Vec<AnyView> = row
                .iter()
                .enumerate()
                .map(|(i, cell)| {
                    let (cell, class) = (cell.clone(), class(i));
                    view! { <td class=class>{cell}</td> }.into_any()
                })
                .collect();
            view! { <tr>{cells}</tr> }.into_any()
        })
        .collect();
    let (label, name) = (format!("The first rows of {}", file.filename), format!("Preview of {}", file.filename));
    view! {
        <li>
            <details class="details">
                <summary>{name}</summary>
                <div class="table-scroll" tabindex="0" role="region" aria-label=label>
                    <table class="table table--dense"><thead><tr>{headings}</tr></thead><tbody>{rows}</tbody></table>
                </div>
            </details>
        </li>
    }
    .into_any()
}

fn upload(page: &VersionAdminPage, visit: &Visit) -> AnyView {
    let form = Form::of(visit, "files/upload");
    let (id, problems) = (form.id("file"), form.problems("file"));
    let refused = !problems.is_empty();
    let class = if refused { "field field--error field--wide" } else { "field field--wide" };
    let (described, invalid) =
        if refused { (format!("{id}-hint {id}-error"), Some("true")) } else { (format!("{id}-hint"), None) };
    let problem = refused.then(|| {
        let each = problems.into_iter().map(|message| {
            view! { <p class="field__error"><span class="visually-hidden">"Error: "</span>{message}</p> }.into_any()
        });
        view! { <div id=format!("{id}-error")>{each.collect::<Vec<_>>()}</div> }
    });
    let (identity, action) = (identity(page), form.action());
    let most = format!(
        "CSV, XLSX, XLS and ODS tables are read and checked. JSON, CSVW, SDMX, PDF, ZIP and text are kept as they are, so that readers get no preview, \
         chart or data explorer of them. Up to {} each. A name that not every system can save is refused: one that begins with a space, \
         holds < > : \" | ? * or \\, or differs from another file's in capital letters alone.",
        size_words(page.largest_file)
    );
    let title = form
        .field("title", "Title of the file")
        .optional()
        .hint("Of one file. Without a title, and where several are sent, each goes by its own name.")
        .input();
    view! {
        <form class="stack stack--tight" method="post" action=action enctype="multipart/form-data" data-tus="yes">
            {identity}
            {title}
            <div class=class>
                {problem}
                <div class="uploader">
                    <label class="uploader__drop">
                        <span class="uploader__title" id=format!("{id}-title")>"Choose files or drop them here"</span>
                        <span class="uploader__hint" id=format!("{id}-hint")>{most}</span>
                        <input class="uploader__input" id=id.clone() r#type="file" name="file" multiple=true aria-labelledby=format!("{id}-title") aria-describedby=described aria-invalid=invalid/>
                    </label>
                </div>
            </div>
            <button class="button">"Upload"</button>
        </form>
        <script r#type="module" src="/assets/upload.js"></script>
    }
    .into_any()
}
