//! The steps of a publication: those of the bundle itself, and those that follow from it.

use chrono::{DateTime, TimeDelta, Utc};
use domain::bundle::BundleStage;
use domain::progress::PublicationProgress;
use domain::views::Step;
use leptos::prelude::*;

use super::bundle_deliveries::{mark_of, title};
use crate::components::portal::moment;

/// One line of the list.
struct Line {
    name: String,
    /// `pass`, `fail`, `warn`, `running` or `pending`.
    mark: &'static str,
    note: String,
    began: Option<DateTime<Utc>>,
    said: Vec<String>,
}

/// Every step with its state, its beginning, how long it took and how often it was tried.
pub(super) fn steps(progress: &PublicationProgress) -> AnyView {
    let lines = own(progress).into_iter().chain(progress.steps.iter().map(following));
    let items: Vec<AnyView> = lines.map(item).collect();
    view! { <ol class="checklist">{items}</ol> }.into_any()
}

fn item(line: Line) -> AnyView {
    let began = line.began.map(|at| view! { <span class="table__sub">"Began "{moment(at, "")}</span> });
    let said: Vec<AnyView> =
        line.said.into_iter().map(|words| view! { <span class="table__sub">{words}</span> }.into_any()).collect();
    view! {
        <li class=format!("check check--{}", line.mark)>
            <div class="check__text">{line.name}{began}{said}</div>
            <span class="check__note">{line.note}</span>
        </li>
    }
    .into_any()
}

/// What the scheduler itself does: wait, take the bundle, check it, make it public.
fn own(progress: &PublicationProgress) -> Vec<Line> {
    let state = &progress.bundle.state;
    let stage = progress.bundle.stage();
    let marks = match stage {
        BundleStage::Scheduled => ["running", "pending", "pending", "pending"],
        BundleStage::Publishing => ["pass", "pass", "running", "pending"],
        BundleStage::Published => ["pass"; 4],
        BundleStage::Failed => ["pass", "pass", "fail", "pending"],
        _ => ["pending"; 4],
    };
    let names = ["Wait for the instant", "Lock the bundle", "Check everything again", "Make it public, all at once"];
    let mut lines: Vec<Line> = names
        .into_iter()
        .zip(marks)
        .map(|(name, mark)| Line {
            name: name.to_owned(),
            mark,
            note: words_of(mark).to_owned(),
            began: None,
            said: Vec::new(),
        })
        .collect();
    if let [wait, lock, check, publish] = lines.as_mut_slice() {
        if let Some(schedule) = state.schedule() {
            wait.said.push(format!("Due {}", domain::uk_time::date_time(schedule.publication_date)));
            if stage == BundleStage::Scheduled && schedule.publication_date <= progress.now {
                wait.said.push("It is due and will be taken in a moment.".to_owned());
            }
        }
        lock.began = state.started_at();
        lock.said.extend(
            progress.place.as_ref().and_then(|place| place.node.clone()).map(|node| format!("By the node {node}")),
        );
        lock.said.extend((progress.bundle.attempts > 1).then(|| format!("Try number {}", progress.bundle.attempts)));
        if let Some(failure) = state.failure() {
            check.said.push(format!("Refused {}", domain::uk_time::date_time(failure.at)));
            check.said.push(failure.message.clone());
            publish.note = "Not begun".to_owned();
            publish.said.push("Nothing became public.".to_owned());
        }
        if let Some((began, ended)) = state.started_at().zip(state.published_at()) {
            publish.said.push(format!("Public since {}", domain::uk_time::date_time(ended)));
            publish.note = took(ended - began);
        }
    }
    lines
}

fn words_of(mark: &str) -> &'static str {
    match mark {
        "pass" => "Done",
        "running" => "Now",
        "fail" => "Failed",
        _ => "To come",
    }
}

/// What is told to others once the bundle is public.
fn following(step: &Step) -> Line {
    let mut said = Vec::new();
    said.extend(step.last_error.clone().filter(|_| step.state != "done"));
    said.extend(step.skip_reason.as_ref().map(|reason| format!("Left out: {reason}")));
    said.extend(step.next_attempt_at.map(|at| format!("Next try {}", domain::uk_time::date_time(at))));
    said.extend(
        step.given_up_at.filter(|_| step.is_owed()).map(|at| format!("Given up {}", domain::uk_time::date_time(at))),
    );
    let took = step
        .started_at
        .zip(step.finished_at)
        .filter(|_| step.state == "done")
        .map(|(began, ended)| took(ended - began));
    let state = match step.state.as_str() {
        "pending" => "To come".to_owned(),
        "running" => "Now".to_owned(),
        "done" => took.unwrap_or_else(|| "Done".to_owned()),
        "skipped" => "Left out".to_owned(),
        _ => "Failed".to_owned(),
    };
    let note = if step.attempts > 1 { format!("{state}, {} tries", step.attempts) } else { state };
    Line { name: title(&step.name), mark: mark_of(step), note, began: step.started_at, said }
}

/// How long something took, or should take.
pub(super) fn took(span: TimeDelta) -> String {
    let ms = span.num_milliseconds().max(0);
    match ms {
        0..1_000 => format!("{ms} ms"),
        1_000..60_000 => format!("{}.{} s", ms / 1_000, ms % 1_000 / 100),
        _ => format!("{} min {} s", ms / 60_000, ms / 1_000 % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_read_well() {
        for (ms, words) in [(0, "0 ms"), (999, "999 ms"), (1_250, "1.2 s"), (61_000, "1 min 1 s")] {
            assert_eq!(took(TimeDelta::milliseconds(ms)), words);
        }
    }
}
