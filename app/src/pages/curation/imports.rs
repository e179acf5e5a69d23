//! Importing many datasets' metadata from a CSV, with a rehearsal first.

use domain::curation::{ImportDesk as Data, ImportLine, ImportOutcome, ImportReport};
use domain::import_columns::{COLUMNS, ImportColumn};
use domain::several;
use leptos::prelude::*;
use rpc::Visit;

use super::import_undo::past;
use crate::components::form::{Form, hidden};
use crate::components::portal::{object_header, panel, table};
use crate::layout::portal::{Section, Shown, portal};

const EXAMPLE: &str = "id,department,title,description,topics,contact_name,contact_email\nallotments-let,environment,Allotments let,How many allotments councils let.,environment,Land desk,land@example.org";

/// The import of metadata.
#[component]
pub fn Imports() -> impl IntoView {
    portal(Section::Imports, rpc::imports::import_read(), |data, visit| shown(&data, visit))
}

fn shown(data: &Data, visit: &Visit) -> Shown {
    let content = view! {
        {object_header("", "Import metadata", view! { <span>"Rehearsed first; each line is taken or refused by itself"</span> }.into_any(), None)}
        {data.report.as_ref().map(|report| told(report, data, visit))}
        <div class="panels">{send(data, visit)}{past(&data.past)}{how()}{columns()}</div>
    };
    Shown::new("Import metadata", content.into_any())
}

fn send(data: &Data, visit: &Visit) -> AnyView {
    let form = Form::of(visit, "imports/files");
    let content = view! {
        <form class="stack" method="post" action=form.action() enctype="multipart/form-data" novalidate=true>
            {hidden("step", "rehearse")}
            {form.field("csv", "CSV").value(&data.csv).hint("With headings. At most 500 lines and 100 kB at once; more belongs to the API.").textarea()}
            {chosen(&form, ("csv_file", "Or the CSV as a file"), "In UTF-8. It takes the place of the text above.", false)}
            {files(&form, "Files that the column file names, if it has one. At most 100; to look ahead only their names and sizes are kept.")}
            <button class="button">"See what it would do"</button>
        </form>
    };
    panel("Send", true, None, content.into_any())
}

/// The control for the files that lines name.
fn files(form: &Form, hint: &'static str) -> AnyView {
    chosen(form, ("files", "Files"), hint, true)
}

/// A control to choose files, by its name and label; a plain one, so that it works without scripts.
fn chosen(form: &Form, (name, label): (&'static str, &'static str), hint: &'static str, several: bool) -> AnyView {
    let (id, problem) = (form.id(name), form.problem(name));
    let class = if problem.is_some() { "field field--error" } else { "field" };
    let problem = problem.map(|text| {
        view! { <p class="field__error" id=format!("{id}-error")><span class="visually-hidden">"Error: "</span>{text}</p> }
    });
    let described = if problem.is_some() { format!("{id}-hint {id}-error") } else { format!("{id}-hint") };
    view! {
        <div class=class>
            <label class="field__label" for=id.clone()>{label}" "<span class="field__optional">"optional"</span></label>
            <p class="field__hint" id=format!("{id}-hint")>{hint}</p>
            {problem}
            <input class="field__input" id=id.clone() type="file" name=name multiple=several aria-describedby=described/>
        </div>
    }
    .into_any()
}

fn how() -> AnyView {
    let content = view! {
        <p>"A line whose "<code>"id"</code>" is new makes a dataset in its department; any other changes the draft of the dataset, and only in the columns that the file has. What is public stays as it is until it is published."</p>
        <p>"A line with a "<code>"file"</code>", a "<code>"lowest_geography"</code>" or a "<code>"temporal"</code>" speaks of the newest version of its "<code>"edition"</code>" that can be edited. Where there is none, a version is begun, with the "<code>"release_date"</code>"; so is the edition."</p>
        <p>"An empty cell empties its part of the dataset, where the table of columns does not say that it stays; of a version it leaves everything as it is."</p>
        <p>"What an import did can be undone on its page: what it made and nobody has touched since is deleted, and what it changed is put back."</p>
        <pre class="command" tabindex="0"><code>{EXAMPLE}</code></pre>
        <p><a class="link-button" href="/admin/imports.csv" download="">"An example with every column (CSV)"</a></p>
    };
    panel("The file", true, None, content.into_any())
}

/// Every column with what it holds.
fn columns() -> AnyView {
    let headings = [("Column", false), ("Holds", false), ("For example", false)];
    let row = |column: &ImportColumn| {
        let (name, holds, example) = (column.name, column.holds, column.example);
        view! { <tr><th scope="row"><span class="mono">{name}</span></th><td class="wrap-cell">{holds}</td><td class="wrap-cell">{example}</td></tr> }
            .into_any()
    };
    let list = table("Columns of the file", "columns-table", &headings, COLUMNS.iter().map(row).collect());
    panel("Columns", true, None, list)
}

fn told(report: &ImportReport, data: &Data, visit: &Visit) -> AnyView {
    if let Some(problem) = &report.problem {
        let problem = problem.clone();
        return view! {
            <section class="banner banner--error" role="alert" aria-label="The file"><h2 class="banner__title">"The file cannot be read"</h2><p>{problem}</p></section>
        }
        .into_any();
    }
    let [made, changed, same, refused] = report.counts();
    let tile = |text: &'static str, n: usize, modifier: &'static str| {
        let class = if n > 0 { format!("kpi {modifier}") } else { "kpi".to_owned() };
        view! { <div class=class><dt>{text}</dt><dd class="num">{n}</dd></div> }
    };
    let headings = [("Line", true), ("Dataset", false), ("Becomes", false)];
    let rows = report.lines.iter().map(|line| row(line, data.done)).collect();
    let superfluous = (!report.superfluous.is_empty()).then(|| {
        let text = format!("No line names these files, so they are left out: {}.", report.superfluous.join(", "));
        view! { <section class="banner banner--warning" role="status" aria-label="Files"><p>{text}</p></section> }
    });
    let undo = report.import.as_ref().map(|id| {
        let href = format!("/admin/imports/{id}");
        view! { <p><a class="link-button" href=href>"What it did, and how to undo it"</a></p> }
    });
    let go_on = (!data.done && made + changed > 0).then(|| {
        let csv = data.csv.clone();
        if ImportReport::names_files(&csv) {
            let form = Form::of(visit, "imports/files");
            return view! {
                <form class="stack stack--tight" method="post" action=form.action() enctype="multipart/form-data">
                    {hidden("step", "carry-out")}
                    <textarea name="csv" hidden aria-hidden="true" tabindex="-1">{csv}</textarea>
                    {files(&Form::of(visit, "imports/carry-out"), "Choose the same files again: a browser does not keep them.")}
                    <button class="button">"Import "{made + changed}" of "{report.lines.len()}" lines"</button>
                </form>
            }
            .into_any();
        }
        view! {
            <form class="stack stack--tight" method="post" action="/rpc/imports/carry-out">
                <textarea name="csv" hidden aria-hidden="true" tabindex="-1">{csv}</textarea>
                <button class="button">"Import "{made + changed}" of "{report.lines.len()}" lines"</button>
            </form>
        }
        .into_any()
    });
    view! {
        <dl class="kpis">{tile("Made", made, "")}{tile("Changed", changed, "")}{tile("As they were", same, "")}{tile("Refused", refused, "kpi--fail")}</dl>
        {superfluous}
        {undo}
        {table("Lines", "lines-table", &headings, rows)}
        {go_on}
    }
    .into_any()
}

fn row(line: &ImportLine, done: bool) -> AnyView {
    let (class, words) = match &line.outcome {
        ImportOutcome::Makes => ("tag state--published", if done { "Made".to_owned() } else { "Is made".to_owned() }),
        ImportOutcome::Changes(parts) => ("tag state--scheduled", format!("Changes: {}", parts.join(", "))),
        ImportOutcome::Same => ("tag state--created", "As it was".to_owned()),
        ImportOutcome::WithoutFile(_) => ("tag state--failed", "Done without its file".to_owned()),
        ImportOutcome::WithoutVersion(_) => ("tag state--failed", "Done without its version".to_owned()),
        ImportOutcome::Refused(why) => ("tag state--failed", refused_words(why).to_owned()),
    };
    let why = match &line.outcome {
        ImportOutcome::Refused(reasons)
        | ImportOutcome::WithoutFile(reasons)
        | ImportOutcome::WithoutVersion(reasons) => reasons.clone(),
        _ => Vec::new(),
    };
    let why: Vec<AnyView> =
        why.into_iter().map(|reason| view! { <span class="table__sub">{reason}</span> }.into_any()).collect();
    let exists = match &line.outcome {
        ImportOutcome::Makes => done,
        // Whether a fault came before or after it shows there.
        ImportOutcome::Refused(why) => several::is_uncertain(why),
        ImportOutcome::Changes(_)
        | ImportOutcome::Same
        | ImportOutcome::WithoutFile(_)
        | ImportOutcome::WithoutVersion(_) => true,
    };
    let id = if exists {
        let href = format!("/admin/datasets/{}", line.id);
        view! { <a href=href>{line.id.clone()}</a> }.into_any()
    } else {
        view! { {line.id.clone()} }.into_any()
    };
    view! {
        <tr>
            <td class="num">{line.line}</td>
            <th scope="row">{id}<span class="table__sub">{line.title.clone()}</span></th>
            <td class="wrap-cell"><span class=class>{words}</span>{why}</td>
        </tr>
    }
    .into_any()
}

/// Why a line was not taken, in a word or two: for its own sake, or by a fault of the service.
fn refused_words(why: &[String]) -> &'static str {
    match (several::is_uncertain(why), several::is_by_fault(why)) {
        (true, _) => "Not certain",
        (false, true) => "Not tried",
        (false, false) => "Refused",
    }
}
