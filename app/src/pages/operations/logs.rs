//! The log of the node that answers, as far as its memory reaches: found by level, words, request, bundle and time.

use domain::operations::{LogAsked, LogDesk, LogLevel, LogLine};
use leptos::prelude::*;

use super::super::administration::{page_number, query};
use super::answering::answering;
use crate::components::portal::{
    empty, filter_input, filter_select, grouped, log_region, moment, object_header, pagination, table,
};
use crate::layout::portal::{Section, Shown, portal};

/// The spans of time that can be chosen, in minutes.
const SPANS: [(&str, &str); 6] = [
    ("", "Everything that is kept"),
    ("5", "The last 5 minutes"),
    ("15", "The last 15 minutes"),
    ("60", "The last hour"),
    ("360", "The last 6 hours"),
    ("1440", "The last day"),
];

/// What is the node's own on this page.
const OWN: &str = "The lines are its own alone.";

/// The newest lines; the filters stand in the address.
#[component]
pub fn Logs() -> impl IntoView {
    let asked = LogAsked {
        level: query("level"),
        q: query("q"),
        trace: query("trace"),
        bundle: query("bundle"),
        since: query("since"),
    };
    let load = rpc::operations::log_desk_read(asked.clone(), page_number());
    portal(Section::OpsLogs, load, move |desk, _| shown(&desk, &asked))
}

fn shown(desk: &LogDesk, asked: &LogAsked) -> Shown {
    let page = &desk.lines;
    let total = page.total_count;
    let noun = if total == 1 { "line" } else { "lines" };
    let counted = view! { <p class="cluster small muted"><span>{grouped(total)}" "{noun}", newest first"</span>{moment(desk.now, "")}</p> };
    let found = asked.query();
    let list = if page.items.is_empty() {
        let text = "Choose less, or a longer time. LOG_LEVEL says which lines are written at all.";
        empty("No line fits", text, Some(("All that is kept", "/ops/logs")))
    } else {
        let headings = [("Line", false), ("Level", false), ("Time (UTC)", false), ("Request", false)];
        table("Lines of the log", "logs-table", &headings, page.items.iter().map(row).collect())
    };
    let pages = pagination(total, page.limit, page.offset, |n| format!("/ops/logs?{found}&page={n}"));
    let lines = view! { {counted}{list}{pages} }.into_any();
    // Older lines stay as they are while somebody reads them.
    let lines = if page.offset == 0 { log_region(lines) } else { lines };
    let content = view! {
        {object_header("", "Logs", ().into_any(), Some(take_away(&found)))}
        {answering(&desk.node, OWN, desk.now)}
        {reach(desk)}
        {filter(asked)}
        {lines}
    };
    Shown::new("Logs", content.into_any()).under("Operations", "/ops")
}

/// How far the memory reaches, so that nobody takes it for the whole log.
fn reach(desk: &LogDesk) -> AnyView {
    let node = desk.node.name.clone();
    view! {
        <p class="small muted">"This is the memory of the node "<code>{node}</code>" alone, since it started: "{grouped(desk.kept)}" lines, at most 1,000 warnings and errors and 4,000 others. "{grouped(desk.dropped)}" older ones have made room. What other nodes wrote, and what came before, is where your office gathers logs. Secrets are masked. Each look is in the audit trail; following the newest lines is one look in ten minutes."</p>
    }
    .into_any()
}

/// The newest lines of the same question, and links to files with all that was found.
fn take_away(found: &str) -> AnyView {
    let again = format!("/ops/logs?{found}");
    let (csv, lines) = (format!("/ops/logs.csv?{found}"), format!("/ops/logs.ndjson?{found}"));
    view! {
        <a class="button button--secondary" href=again>"Newest"</a>
        <a class="button button--secondary" href=csv download="">"CSV"</a>
        <a class="button button--secondary" href=lines download="">"NDJSON"</a>
    }
    .into_any()
}

fn filter(asked: &LogAsked) -> AnyView {
    let mut levels = vec![(String::new(), "Every level".to_owned())];
    levels.extend(LogLevel::ALL.iter().map(|level| {
        let word = level.as_str();
        let words = if *level == LogLevel::Error { word.to_owned() } else { format!("{word} and graver") };
        (word.to_ascii_lowercase(), words)
    }));
    let spans = SPANS.map(|(value, words)| (value.to_owned(), words.to_owned())).to_vec();
    view! {
        <form class="filter-bar" method="get" action="/ops/logs" role="search">
            {filter_select("level", "Level", levels, &asked.level.to_ascii_lowercase())}
            {filter_input("q", "Words", "search", &asked.q)}
            {filter_input("trace", "Trace id", "search", &asked.trace)}
            {filter_input("bundle", "Bundle id", "search", &asked.bundle)}
            {filter_select("since", "Since", spans, &asked.since)}
            <button class="button button--secondary button--small">"Filter"</button>
        </form>
    }
    .into_any()
}

fn row(line: &LogLine) -> AnyView {
    let class = match line.level {
        LogLevel::Error => "tag state--failed",
        LogLevel::Warn => "tag state--scheduled",
        LogLevel::Info => "tag state--published",
        LogLevel::Debug | LogLevel::Trace => "tag state--created",
    };
    let message = if line.message.is_empty() { "(without words)".to_owned() } else { line.message.clone() };
    let (target, details) = (line.target.clone(), line.details());
    let (machine, time) = (line.at.to_rfc3339(), line.at.format("%-d %b %H:%M:%S%.3f").to_string());
    let request = line.trace_id.clone().map(|id| {
        let short: String = id.chars().take(8).collect();
        let href = format!("/ops/logs?trace={}", domain::text::escaped(&id));
        view! { <a href=href>"Lines of "<code>{short}</code></a> }
    });
    view! {
        <tr>
            <th scope="row"><span class="comment__text">{message}</span><span class="table__sub comment__text"><code>{target}</code>" "{details}</span></th>
            <td><span class=class>{line.level.as_str()}</span></td>
            <td><time datetime=machine>{time}</time></td>
            <td>{request}</td>
        </tr>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use domain::operations::NodeSight;
    use domain::page::{Page, Paging};

    use super::*;

    #[test]
    fn lines_lead_to_those_of_their_request_and_files_hold_what_was_asked() {
        let written = r#"{"timestamp":"2026-11-30T09:30:02.5Z","level":"ERROR","target":"a","message":"failed","trace_id":"0af7651916cd43dd8448eb211c80319c","bundle":"b-1"}"#;
        let line = LogLine::read(written).unwrap();
        let now = DateTime::from_timestamp(1_796_031_000, 0).unwrap();
        let lines = Page::of_whole(vec![line], Paging::default());
        let node = NodeSight { name: "node-a".into(), started_at: now, is_shared: false, others: Vec::new() };
        let desk = LogDesk { lines, kept: 4_321, dropped: 7, node, now };
        let asked = LogAsked { bundle: "b-1".into(), ..LogAsked::default() };
        let html = shown(&desk, &asked).content.to_html().replace("<!>", "");
        for part in [
            "/ops/logs.csv?bundle=b-1",
            "/ops/logs.ndjson?bundle=b-1",
            "/ops/logs?trace=0af7651916cd43dd8448eb211c80319c",
            "The node <code>node-a</code> answers",
            "4,321 lines",
            "id=\"logs\"",
            "data-pause=\"yes\"",
            "30 Nov 09:30:02.500",
            "bundle=b-1",
        ] {
            assert!(html.contains(part), "{part}: {html}");
        }
        let older = Page { offset: 100, ..desk.lines.clone() };
        let html = shown(&LogDesk { lines: older, ..desk }, &asked).content.to_html();
        assert!(!html.contains("data-pause"), "older lines stay: {html}");
    }
}
