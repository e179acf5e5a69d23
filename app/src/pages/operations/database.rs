//! The database: size, schema, connections, what runs long, what is held, and the last backup.

use domain::operations::{DatabaseDesk, Grade, HeldLease, RunningStatement};
use domain::policy::Permission;
use leptos::prelude::*;
use rpc::Visit;

use super::answering::answering;
use super::{grade_tag, look_again, span_words};
use crate::components::portal::{
    Confirmed, empty, facts, grouped, moment, object_header, panel, sentence, size_words, table, text,
};
use crate::layout::portal::{Section, Shown, portal};

/// What is the node's own on this page.
const OWN: &str = "Connections are its own alone; statements and leases are those of every node.";

/// The database, as the node that answers finds it.
#[component]
pub fn Database() -> impl IntoView {
    portal(Section::OpsDatabase, rpc::operations::database_desk_read(), |desk, visit| shown(&desk, visit))
}

fn shown(desk: &DatabaseDesk, visit: &Visit) -> Shown {
    let meta = view! { <span>{format!("{} {}", desk.kind, desk.version)}</span><span>{size_words(desk.bytes)}</span>{moment(desk.now, "")} };
    let content = view! {
        {object_header("", "Database", meta.into_any(), Some(look_again("/ops/database")))}
        {answering(&desk.node, OWN, desk.now)}
        <div class="panels">{backup(desk)}{connections(desk, visit)}{schema(desk)}</div>
        {panel("Statements", true, None, statements(desk))}
        {panel("Leases", true, None, leases(desk))}
    };
    Shown::new("Database", content.into_any()).under("Operations", "/ops")
}

fn backup(desk: &DatabaseDesk) -> AnyView {
    let told = match &desk.backup {
        None => view! {
            <p>{grade_tag(Grade::Alarm)}" No backup is known of."</p>
        }
        .into_any(),
        Some(backup) => {
            let age = span_words((desk.now - backup.taken_at).num_seconds());
            let mut rows = vec![
                ("Taken", moment(backup.taken_at, "")),
                ("Age", view! { {age}" "{grade_tag(backup.grade(desk.now))} }.into_any()),
                ("By", text(backup.made_by.clone())),
            ];
            rows.extend(backup.objects.map(|objects| ("Objects", text(grouped(objects)))));
            rows.extend(backup.bytes.map(|bytes| ("Size", text(size_words(bytes)))));
            facts(rows)
        }
    };
    let how = if desk.kind == "SQLite" {
        view! { <p class="small muted">"The objective is an hour: "<code>"catalogue backup --to FOLDER"</code>" makes one while the node runs."</p> }.into_any()
    } else {
        view! { <p class="small muted">"The objective is an hour. Where "<code>"pg_dump"</code>" makes backups, "<code>"catalogue backup --noted"</code>" after it tells of them here."</p> }.into_any()
    };
    panel("Last backup", false, None, view! { {told}{how} }.into_any())
}

fn connections(desk: &DatabaseDesk, visit: &Visit) -> AnyView {
    let rows = vec![
        ("In use", text(grouped(u64::from(desk.used)))),
        ("Idle", text(grouped(u64::from(desk.idle)))),
        ("At most", text(grouped(u64::from(desk.most)))),
    ];
    let full = (desk.used >= desk.most).then(|| {
        view! { <p><span class="tag state--failed">"All in use"</span>" Whoever needs one waits, for 10 s at most."</p> }
    });
    let operates = visit.caller.as_ref().is_some_and(|caller| caller.may(Permission::SystemOperate));
    let reset = operates.then(|| {
        Confirmed {
            words: "Renew the idle connections",
            about: "",
            note: "Idle connections are closed and opened anew with their next use. Nobody's work is cut off.",
            action: "/rpc/operations/reset-connections",
            fields: ().into_any(),
        }
        .view()
    });
    let node = desk.node.name.clone();
    let content = view! {
        {facts(rows)}{full}
        <p class="small muted">"Of the node "<code>{node}</code>". "<code>"DATABASE_MAX_POOL_SIZE"</code>" sets the most."</p>
        {reset}
    };
    panel("Connections", false, None, content.into_any())
}

fn schema(desk: &DatabaseDesk) -> AnyView {
    let mut rows = vec![("Steps taken", text(grouped(desk.steps)))];
    if let Some((name, at)) = &desk.last_step {
        let name = name.clone();
        rows.push(("The last", view! { <code>{name}</code>", "{moment(*at, "")} }.into_any()));
    }
    if let Some(wal) = desk.wal {
        rows.push(("Write-ahead log", text(size_words(wal.bytes))));
        let last = wal.last_checkpoint.map_or_else(|| text("not known"), |at| moment(at, ""));
        rows.push(("Last checkpoint", last));
    }
    panel("Schema and file", false, None, facts(rows))
}

fn statements(desk: &DatabaseDesk) -> AnyView {
    if desk.kind == "SQLite" {
        let words = "SQLite tells of no statements: one process uses it, and its writers take their turns within it.";
        return view! { <p class="muted">{words}</p> }.into_any();
    }
    if desk.statements.is_empty() {
        return view! { <p class="muted">"Nothing takes longer than a second, and nobody waits for a lock."</p> }
            .into_any();
    }
    let headings = [("Statement", false), ("State", false), ("Takes", true), ("Process", true), ("Waits for", false)];
    table(
        "Statements that run long or stand in the way",
        "statements-table",
        &headings,
        desk.statements.iter().map(statement).collect(),
    )
}

fn statement(running: &RunningStatement) -> AnyView {
    let words = running.statement.clone();
    let waits = if running.blocked_by.is_empty() {
        text(running.waits_for.clone())
    } else {
        let pids = running.blocked_by.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        view! { <span class="tag state--failed">"Blocked"</span>" by process "{pids} }.into_any()
    };
    view! {
        <tr>
            <th scope="row"><code class="comment__text">{words}</code></th>
            <td>{sentence(&running.state)}</td>
            <td class="num">{span_words(running.took_ms / 1_000)}</td>
            <td class="num">{running.pid}</td>
            <td>{waits}</td>
        </tr>
    }
    .into_any()
}

fn leases(desk: &DatabaseDesk) -> AnyView {
    if desk.leases.is_empty() {
        return empty("Nothing is held", "Nodes hold what they publish, deliver or look into until an instant.", None);
    }
    let headings = [("For", false), ("Holder", false), ("Until", false)];
    let rows = desk.leases.iter().map(|lease| held(lease, desk)).collect();
    let list = table("Leases", "leases-table", &headings, rows);
    view! {
        {list}
        <p class="small muted">"What has run out is taken up by the next node that has time for it; nobody has to let go of it by hand. A node that starts again lets go of its own at once."</p>
    }
    .into_any()
}

fn held(lease: &HeldLease, desk: &DatabaseDesk) -> AnyView {
    let (id, holder) = (lease.of.clone(), lease.holder.clone());
    let name = if lease.what == "publication" {
        let href = format!("/admin/bundles/{id}/publication");
        view! { <a href=href>{id}</a> }.into_any()
    } else {
        view! { <code>{id}</code> }.into_any()
    };
    let over = (lease.until < desk.now).then(|| view! { " "<span class="tag state--scheduled">"Run out"</span> });
    view! {
        <tr>
            <th scope="row">{sentence(&lease.what)}" "{name}</th>
            <td><code>{holder}</code></td>
            <td>{moment(lease.until, "")}{over}</td>
        </tr>
    }
    .into_any()
}
