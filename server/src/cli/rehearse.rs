//! `catalogue rehearse`.

use chrono::{DateTime, TimeDelta, Utc};
use domain::bundle::preview::{Change, PreviewItem};
use domain::uk_time;
use services::Ctx;
use services::bundles::{Missing, Rehearsal, Rehearsed, rehearse};

use super::{Outcome, say};
use crate::config::Config;
use crate::{clock, startup};

/// Tells everything that an instant would do; ends with 1 where something stands in the way or is missing.
pub async fn run(config: &Config, at: Option<DateTime<Utc>>) -> Outcome {
    let services = startup::open_beside(config, clock::system()).await?;
    let ctx = Ctx::system("command-line", services.clock.now());
    let stored = services.storage.shows_objects();
    let Some((at, rehearsal)) = rehearse(&services, &ctx, at, stored).await? else {
        say("Nothing is scheduled.");
        return Ok(());
    };
    say(&format!("What would be public at {} ({}):", uk_time::date_time(at), at.to_rfc3339()));
    tell(&rehearsal);
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

fn tell(rehearsal: &Rehearsal) {
    if let Some(pause) = &rehearsal.paused {
        say(&pause.said());
    }
    for rehearsed in &rehearsal.bundles {
        for line in lines_of(rehearsed) {
            say(&line);
        }
    }
    for missing in &rehearsal.missing {
        say(&line_of_missing(missing));
    }
    let took: TimeDelta = rehearsal.bundles.iter().filter_map(|rehearsed| rehearsed.took).sum();
    let ready = rehearsal.bundles.iter().filter(|rehearsed| rehearsed.took.is_some()).count();
    say(&format!(
        "{ready} of {} bundles would be public, one after another within {}.",
        rehearsal.bundles.len(),
        ms(took)
    ));
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

fn line_of_missing(missing: &Missing) -> String {
    let release = &missing.release;
    let why = match &missing.bundle {
        None => "it has no bundle".to_owned(),
        Some(bundle) if bundle.state.approval().is_none() => {
            format!("its bundle {} is {} and not approved", bundle.details.title, bundle.stage())
        }
        Some(bundle) => format!("its bundle {} is {} and not scheduled for then", bundle.details.title, bundle.stage()),
    };
    format!("MISSING: the calendar tells of {} ({}), but {why}.", release.details.title, release.id)
}

fn ms(took: TimeDelta) -> String {
    format!("{} ms", took.num_milliseconds().max(1))
}
