//! A version against an earlier one: which it is, and what differs in the details and the files.

use std::collections::BTreeSet;

use domain::file::File;
use domain::review::VersionReview;
use leptos::prelude::*;

use crate::components::portal::{changes_table, empty, grouped, panel, size_words, table};

/// Says what is compared, with a choice of the other versions.
pub(super) fn compared_with(review: &VersionReview) -> AnyView {
    let Some(before) = &review.before else {
        let text = if review.earlier.is_empty() {
            "This is the first version of its edition, so everything in it is new."
        } else {
            "There is no such earlier version. Choose another one."
        };
        return view! { <p class="muted">{text}</p>{choice(review, 0)} }.into_any();
    };
    let words = format!("Compared with version {}", before.version);
    let href = before.admin_path();
    view! {
        <div class="cluster cluster--spread">
            <p><a href=href>{words}</a>", "{before.state.as_str()}", last changed by "{before.last_edited_by.name.clone()}"."</p>
            {choice(review, before.version)}
        </div>
    }
    .into_any()
}

fn choice(review: &VersionReview, chosen: u32) -> Option<AnyView> {
    if review.earlier.len() < 2 {
        return None;
    }
    let options: Vec<AnyView> = review
        .earlier
        .iter()
        .map(|number| {
            let (value, selected) = (number.to_string(), *number == chosen);
            view! { <option value=value selected=selected>{format!("Version {number}")}</option> }.into_any()
        })
        .collect();
    let action = review.page.version.admin_path();
    Some(
        view! {
            <form class="filter-bar" method="get" action=action>
                <input type="hidden" name="tab" value=review.part.as_str()/>
                <div><label for="against">"Compare with"</label><select id="against" name="against">{options}</select></div>
                <button class="button button--secondary button--small">"Compare"</button>
            </form>
        }
        .into_any(),
    )
}

/// What differs in what is said, field by field.
pub(super) fn details_changed(review: &VersionReview) -> AnyView {
    let Some(before) = &review.before else {
        return ().into_any();
    };
    let body = if review.details.is_empty() {
        empty("The details are the same", "Nothing said about this version differs from the earlier one.", None)
    } else {
        let columns = (format!("Version {}", before.version), format!("Version {}", review.page.version.version));
        changes_table("What differs in the details", "details-changed", (&columns.0, &columns.1), &review.details)
    };
    panel("Details that differ", false, None, body)
}

/// What differs in the files, by their names.
pub(super) fn files_changed(review: &VersionReview) -> AnyView {
    let new: Vec<&File> = review.page.files.iter().map(|(file, _)| file).collect();
    let old: Vec<&File> = review.files_before.iter().collect();
    let names: BTreeSet<&str> = new.iter().chain(&old).map(|file| file.filename.as_str()).collect();
    if names.is_empty() {
        let text = "Neither version has a file yet.";
        return panel("Files that differ", false, None, empty("No files", text, None));
    }
    let named =
        |files: &[&File], name: &str| files.iter().find(|file| file.filename == name).map(|file| (*file).clone());
    let rows = names.into_iter().map(|name| row(name, named(&old, name), named(&new, name))).collect();
    let headings = [
        ("File", false),
        ("What happens", false),
        ("Size before", true),
        ("Size", true),
        ("Rows before", true),
        ("Rows", true),
    ];
    panel("Files that differ", false, None, table("Files of both versions", "files-changed", &headings, rows))
}

fn row(name: &str, old: Option<File>, new: Option<File>) -> AnyView {
    let what = match (&old, &new) {
        (None, _) => "New",
        (_, None) => "Not in this version",
        (Some(old), Some(new)) if old.sha256 == new.sha256 => "The same bytes",
        _ => "Replaced",
    };
    let dash = || "-".to_owned();
    let size = |file: &Option<File>| file.as_ref().map_or_else(dash, |file| size_words(file.size));
    let rows = |file: &Option<File>| {
        let profile = file.as_ref().and_then(|file| file.profile.as_ref());
        profile.map_or_else(dash, |profile| grouped(profile.rows))
    };
    let name = name.to_owned();
    view! {
        <tr>
            <th scope="row" class="long">{name}</th>
            <td>{what}</td>
            <td class="num">{size(&old)}</td>
            <td class="num">{size(&new)}</td>
            <td class="num">{rows(&old)}</td>
            <td class="num">{rows(&new)}</td>
        </tr>
    }
    .into_any()
}
