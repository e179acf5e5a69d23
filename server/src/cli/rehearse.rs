//! `catalogue rehearse`.

use chrono::{DateTime, TimeDelta, Utc};
use domain::bundle::missing::MissingRelease;
use domain::bundle::preview::{Change, PreviewItem};
use domain::office::QueuePause;
use domain::uk_time;
use services::Ctx;
use services::bundles::{Rehearsal, Rehearsed, rehearse};
use services::operations::queue_switch;

use super::{Outcome, say};
use crate::config::Config;
use crate::{clock, startup};

/// Tells everything that an instant would do; ends with 1 where something stands in the way or is missing.
pub async fn run(config: &Config, at: Option<DateTime<Utc>>) -> Outcome {
    let services = startup::open_beside(config, clock::system()).await?;
    let ctx = Ctx::system("command-line", services.clock.now());
    let stored = services.storage.shows_objects();
    let Some((at, rehearsal)) = rehearse(&services, &ctx, at, stored).await? else {
        if let Some(pause) = queue_switch(&services, &ctx).await?.paused() {
            say(&pause.said());
        }
        say("Nothing is scheduled.");
        return Ok(());
    };
    for line in lines(&rehearsal, at, ctx.now) {
        say(&line);
    }
    if !stored {
        say("The bytes of the files were not looked for: DATA_DIR holds no objects. Name that of the server.");
    }
    let faults = rehearsal.bundles.iter().filter(|rehearsed| !rehearsed.blockers.is_empty()).count();
    match (faults, rehearsal.missing.len()) {
        (0, 0) => Ok(()),
        (faults, missing) => {
            Err(format!("{faults} bundles would fail, and {missing} releases would be missing.").into())
        }
    }
}

/// Everything in lines: a pause of the queue and what it has held up, then what comes until the instant.
fn lines(rehearsal: &Rehearsal, at: DateTime<Utc>, now: DateTime<Utc>) -> Vec<String> {
    let mut lines = vec![format!("What would be public at {} ({}):", uk_time::date_time(at), at.to_rfc3339())];
    lines.extend(rehearsal.paused.iter().map(QueuePause::said));
    let (overdue, ahead) = rehearsal.overdue_first(now);
    if !overdue.is_empty() {
        lines.push(format!("Overdue, and public as soon as the queue is resumed: {}.", overdue.len()));
    }
    lines.extend(overdue.iter().flat_map(lines_of));
    if !overdue.is_empty() && !ahead.is_empty() {
        lines.push(format!("Due until then: {}.", ahead.len()));
    }
    lines.extend(ahead.iter().flat_map(lines_of));
    lines.extend(rehearsal.missing.iter().map(line_of_missing));
    let took: TimeDelta = rehearsal.bundles.iter().filter_map(|rehearsed| rehearsed.took).sum();
    let ready = rehearsal.bundles.iter().filter(|rehearsed| rehearsed.took.is_some()).count();
    lines.push(format!(
        "{ready} of {} bundles would be public, one after another within {}.",
        rehearsal.bundles.len(),
        ms(took)
    ));
    lines
}

fn lines_of(rehearsed: &Rehearsed) -> Vec<String> {
    let bundle = &rehearsed.preview.bundle;
    let due = bundle.state.schedule().map(|schedule| uk_time::date_time(schedule.publication_date)).unwrap_or_default();
    let approved = bundle.state.approval().map(|mark| format!(", approved by {}", mark.by.name)).unwrap_or_default();
    let outcome = rehearsed.took.map_or_else(|| "WOULD FAIL".to_owned(), |took| format!("public within {}", ms(took)));
    let mut lines = vec![format!("{} ({}), due {due}{approved}: {outcome}", bundle.details.title, bundle.id)];
    lines.extend(rehearsed.preview.items.iter().map(line_of_item));
    lines.extend(rehearsed.blockers.iter().map(|blocker| format!("  ! {}", blocker.message)));
    lines
}

fn line_of_item(shown: &PreviewItem) -> String {
    let mut parts = Vec::new();
    match shown.replaces {
        Some(version) => parts.push(format!("replaces version {version}")),
        None if shown.dataset_is_new => parts.push("new dataset".to_owned()),
        None => parts.push("new edition".to_owned()),
    }
    let fields = |changes: &[Change]| changes.iter().map(|change| change.field.clone()).collect::<Vec<_>>().join(", ");
    for (what, list) in [
        ("dataset", if shown.dataset_is_new { String::new() } else { fields(&shown.dataset_changes) }),
        ("version", if shown.replaces.is_none() { String::new() } else { fields(&shown.version_changes) }),
        ("files added", shown.files_added.join(", ")),
        ("files no longer there", shown.files_dropped.join(", ")),
    ] {
        if !list.is_empty() {
            parts.push(format!("{what}: {list}"));
        }
    }
    let sign = if shown.replaces.is_some() { '~' } else { '+' };
    format!("  {sign} {}: {}", shown.item.reference(), parts.join("; "))
}

fn line_of_missing(missing: &MissingRelease) -> String {
    let (title, id, why) = (&missing.release.details.title, &missing.release.id, missing.why());
    format!("MISSING: the calendar tells of {title} ({id}), but {why}.")
}

fn ms(took: TimeDelta) -> String {
    format!("{} ms", took.num_milliseconds().max(1))
}

#[cfg(test)]
mod tests {
    use domain::bundle::preview::BundlePreview;
    use testkit::builders;

    use super::*;

    fn rehearsed(id: &str, due: DateTime<Utc>) -> Rehearsed {
        let preview = BundlePreview { bundle: builders::scheduled(id, due), items: Vec::new(), release: None };
        Rehearsed { preview, blockers: Vec::new(), took: Some(TimeDelta::milliseconds(3)) }
    }

    fn paused(bundles: Vec<Rehearsed>) -> Rehearsal {
        let pause = QueuePause {
            since: builders::at(0),
            by: "Ann".to_owned(),
            reason: "A figure is doubted".to_owned(),
            until: None,
        };
        Rehearsal { paused: Some(pause), bundles, missing: Vec::new() }
    }

    #[test]
    fn what_a_pause_holds_up_is_told_with_who_paused_the_queue_and_why() {
        let now = builders::at(3_600);
        let told = lines(&paused(vec![rehearsed("prices", builders::at(60)), rehearsed("pay", now)]), now, now);
        let [_, pause, overdue, prices, pay, all] = &told[..] else { panic!("{told:#?}") };
        assert!(pause.contains("by Ann") && pause.ends_with("Reason: A figure is doubted"), "{pause}");
        assert_eq!(overdue, "Overdue, and public as soon as the queue is resumed: 2.");
        assert!(prices.starts_with("prices (prices), due ") && pay.starts_with("pay (pay), due "), "{told:#?}");
        assert_eq!(all, "2 of 2 bundles would be public, one after another within 6 ms.");
    }

    #[test]
    fn what_comes_later_is_told_apart_from_what_is_overdue() {
        let (now, later) = (builders::at(3_600), builders::at(7_200));
        let told = lines(&paused(vec![rehearsed("prices", builders::at(60)), rehearsed("pay", later)]), later, now);
        assert_eq!(told[2], "Overdue, and public as soon as the queue is resumed: 1.");
        assert_eq!((told[4].as_str(), told[5].starts_with("pay (pay)")), ("Due until then: 1.", true));
        let none = lines(&Rehearsal { paused: None, ..paused(vec![rehearsed("pay", later)]) }, later, now);
        assert!(none[1].starts_with("pay (pay)") && none.len() == 3, "{none:#?}");
    }
}
