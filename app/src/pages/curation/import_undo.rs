//! An import that was carried out: everything that it did, what undoing it would take back and what would stay, and the form that does.

use domain::imported::{CarriedOut, ImportFate, ImportSheet as Data, ImportSummary, ImportedItem};
use domain::uk_time;
use leptos::prelude::*;
use rpc::Visit;

use super::super::administration::param;
use crate::components::form::{Form, hidden};
use crate::components::portal::{counted, history_link, moment, object_header, panel, table};
use crate::layout::portal::{Section, Shown, portal};

/// One import.
#[component]
pub fn ImportPage() -> impl IntoView {
    portal(Section::Imports, rpc::imports::import_sheet_read(param("id")), |data, visit| shown(&data, visit))
}

fn shown(data: &Data, visit: &Visit) -> Shown {
    let import = &data.import;
    let title = format!("Import of {}", uk_time::date_time(import.at));
    let by = import.by.name.clone();
    let meta = view! { <span>{counted(data.things.len(), "thing")}</span><span>"by "{by}</span>{undone(import)}{history_link(visit, "import", &import.id, &title)} };
    let rows = data.things.iter().map(row).collect();
    let headings = [("What it did", false), ("When it is undone", false)];
    let content = view! {
        {object_header("Import", &title, meta.into_any(), None)}
        <div class="portal__content stack">
            {undoing(data, visit)}
            {table("What the import did", "did-table", &headings, rows)}
        </div>
    };
    Shown::new(title, content.into_any()).under("Import metadata", "/admin/imports")
}

/// Who undid it last, and when.
fn undone(import: &CarriedOut) -> Option<AnyView> {
    let (by, at) = import.undone.clone()?;
    Some(view! { <span>"undone by "{by.name}", "{moment(at, "")}</span> }.into_any())
}

fn row((item, fate): &(ImportedItem, ImportFate)) -> AnyView {
    let made = item.kind.is_made();
    let (class, words, why) = match fate {
        ImportFate::TakenBack if made => ("tag state--failed", "Is deleted".to_owned(), None),
        ImportFate::TakenBack => ("tag state--scheduled", "Is put back as it was".to_owned(), None),
        ImportFate::Stays(why) => ("tag state--published", "Stays".to_owned(), Some(why.clone())),
        ImportFate::Gone => ("tag state--created", "Is not there any more".to_owned(), None),
        ImportFate::Before(at) => {
            let done = if made { "Was deleted" } else { "Was put back" };
            ("tag state--created", format!("{done} on {}", uk_time::date_time(*at)), None)
        }
    };
    let is_there = match fate {
        ImportFate::TakenBack | ImportFate::Stays(_) => true,
        ImportFate::Before(_) => !made,
        ImportFate::Gone => false,
    };
    let (name, href) = (item.name(), item.admin_path());
    let name = if is_there { view! { <a href=href>{name}</a> }.into_any() } else { view! { {name} }.into_any() };
    let why = why.map(|why| view! { <span class="table__sub">{why}</span> });
    view! { <tr><th scope="row" class="wrap-cell">{name}</th><td class="wrap-cell"><span class=class>{words}</span>{why}</td></tr> }
        .into_any()
}

/// The form that undoes it, or why there is nothing to undo.
fn undoing(data: &Data, visit: &Visit) -> AnyView {
    let (count, staying) = (data.to_take_back(), data.staying());
    let stays = (staying > 0).then(|| {
        let things = if staying == 1 {
            "1 thing stays, and the list says why.".to_owned()
        } else {
            format!("{staying} things stay, and the list says why.")
        };
        view! { <p>{things}</p> }
    });
    if count == 0 {
        let nothing = view! { <p>"There is nothing that undoing it would take back."</p>{stays} };
        return panel("Undo", true, None, nothing.into_any());
    }
    let form = Form::of(visit, "imports/undo");
    let hint = format!(
        "Type {count} to confirm it. What is deleted is gone with its files; the audit trail keeps what was said."
    );
    let takes = if count == 1 { "1 thing is taken back".to_owned() } else { format!("{count} things are taken back") };
    let content = view! {
        <p>{takes}": what the import made is deleted, and what it changed is put back as it was. Nothing is taken back that anybody changed, sent for approval, put into a bundle or published since."</p>
        {stays}
        <form class="stack stack--tight" method="post" action=form.action() novalidate=true>
            {hidden("id", &data.import.id)}
            {form.field("things", "How many things are taken back").hint(hint).short().autocomplete("off").input()}
            <button class="button button--warning">"Undo the import"</button>
        </form>
    };
    panel("Undo", true, None, content.into_any())
}

/// The newest imports, each with the way to its page.
pub(super) fn past(imports: &[ImportSummary]) -> AnyView {
    if imports.is_empty() {
        let none = view! { <p class="muted">"No import has changed anything yet."</p> };
        return panel("Carried out", true, None, none.into_any());
    }
    let headings = [("When", false), ("By", false), ("Made", true), ("Changed", true), ("Undone", false)];
    let rows = imports.iter().map(past_row).collect();
    panel("Carried out", true, None, table("Imports that were carried out", "past-table", &headings, rows))
}

fn past_row(summary: &ImportSummary) -> AnyView {
    let import = &summary.import;
    let (made, changed) = summary.made_and_changed();
    let (href, by) = (import.admin_path(), import.by.name.clone());
    let undone =
        if import.undone.is_some() { format!("{} of {}", summary.taken_back, made + changed) } else { "no".to_owned() };
    view! {
        <tr>
            <th scope="row"><a href=href>{moment(import.at, "")}</a></th>
            <td>{by}</td>
            <td class="num">{made}</td>
            <td class="num">{changed}</td>
            <td>{undone}</td>
        </tr>
    }
    .into_any()
}
