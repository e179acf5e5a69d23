//! A version in plain words, for people who want its description beside the figures.

use app::i18n::{date, date_time, frequency, geography, next_release, period, t};
use domain::dataset::{Contact, DatasetMetadata, RelatedLink};
use domain::file::File;
use domain::language::Language;
use domain::table::{Column, ColumnKind, ColumnRole, OptionCount, Profile};
use domain::version::{Alert, ColumnNote, VersionMetadata};
use domain::views::VersionPage;
use persistence::dimensions::Beginning;

use crate::api::plain_text::{PlainText, column_line};
use crate::api::v1::{segment, version_path};

/// The description: every fact, and of each dimension how many options it has and how they begin, however many there are.
pub fn document(page: &VersionPage, base: &str, dimensions: &[Beginning]) -> String {
    let shown = page.dataset.shown();
    let mut text = PlainText::titled(&shown.title);
    release(&mut text, page, &shown, base);
    publisher(&mut text, page, &shown, base);
    figures(&mut text, &shown, &page.version.metadata, base);
    text.say("Description", &shown.description);
    text.say("Description in Welsh", shown.description_cy.as_deref().unwrap_or_default());
    text.list("Contacts", shown.contacts.iter().map(contact));
    about(&mut text, &page.version.metadata);
    let link = |one: &RelatedLink| vec![one.title.clone(), one.description.clone(), absolute(base, &one.href)];
    text.list("Quality and methods", shown.qmi.iter().chain(&shown.methodologies).map(link));
    text.list("Publications", shown.publications.iter().map(link));
    text.list("Related datasets", shown.related_datasets.iter().map(link));
    text.list("Related content", shown.related_content.iter().map(link));
    text.list("Files", page.files.iter().map(|(one, _)| file(one, base)));
    for (file, profile) in page.files.iter().filter_map(|(file, _)| Some((file, file.profile.as_ref()?))) {
        columns(&mut text, page, (file, profile), base, dimensions);
    }
    text.finish()
}

/// Which version it is, and where it is.
fn release(text: &mut PlainText, page: &VersionPage, shown: &DatasetMetadata, base: &str) {
    let (edition, version) = (&page.edition, &page.version);
    text.say("Title in Welsh", shown.title_cy.as_deref().unwrap_or_default());
    text.say("Dataset", &page.dataset.id);
    text.say("Edition", &column_line(&edition.title, &edition.edition));
    text.say("Edition in Welsh", edition.title_cy.as_deref().unwrap_or_default());
    text.say("Version", &version.version.to_string());
    let released = version.metadata.release_date.map(|at| date_time(Language::En, at));
    text.say("Released", &released.unwrap_or_default());
    text.say("Page", &format!("{base}{}", version.page_path()));
    text.say("Release frequency", &said(&shown.release_frequency, frequency));
    let next = shown.next_release.as_deref().unwrap_or_default();
    text.say("Next release", &said(next, next_release));
}

/// Who publishes it, under which terms, and where it belongs.
fn publisher(text: &mut PlainText, page: &VersionPage, shown: &DatasetMetadata, base: &str) {
    text.say("Publisher", &shown.publisher);
    text.say("Publisher's page", &shown.publisher_url.as_ref().map(|href| absolute(base, href)).unwrap_or_default());
    text.say("Kind of publisher", shown.publisher_type.as_deref().unwrap_or_default());
    text.say("Department", page.department.as_ref().map_or("", |department| &department.title));
    let topics: Vec<&str> = page.topics.iter().map(|topic| topic.title.as_str()).collect();
    text.say("Topics", &topics.join(", "));
    text.say("Keywords", &shown.keywords.join(", "));
    text.say("Licence", &format!("{} {}", shown.licence, shown.licence_url));
    text.say("Attribution", shown.attribution.as_deref().unwrap_or_default());
}

/// What the figures are and cover.
fn figures(text: &mut PlainText, shown: &DatasetMetadata, of_version: &VersionMetadata, base: &str) {
    let designation = of_version.quality_designation.unwrap_or(shown.quality_designation);
    text.say("Designation", &t(Language::En, &format!("quality-{designation}")));
    text.say("Unit", shown.unit_of_measure.as_deref().unwrap_or_default());
    text.say("Survey", shown.survey.as_deref().unwrap_or_default());
    let covered = of_version.temporal_coverage.as_deref().or(shown.temporal_coverage.as_deref());
    text.say("Time covered", covered.unwrap_or_default());
    let periods = of_version.temporal.iter().map(|one| {
        let span = period(Language::En, one);
        let often = said(&one.frequency, frequency);
        if often.is_empty() { span } else { format!("{span} ({often})") }
    });
    text.say("Periods", &periods.collect::<Vec<_>>().join(", "));
    text.say("Area covered", shown.spatial_coverage.as_deref().unwrap_or_default());
    let lowest = of_version.lowest_geography.as_deref().unwrap_or_default();
    text.say("Lowest level of areas", &said(lowest, geography));
    if let Some(source) = &shown.is_based_on {
        let of = if source.is_address() { absolute(base, &source.id) } else { source.id.clone() };
        text.say("Derived from", &column_line(&of, &source.kind));
    }
}

/// What was said of this version.
fn about(text: &mut PlainText, of_version: &VersionMetadata) {
    text.list("Notices and corrections", of_version.alerts.iter().map(alert));
    let changes = of_version.latest_changes.iter();
    text.list("What changed", changes.map(|change| vec![change.name.clone(), change.description.clone()]));
    let notes = of_version.usage_notes.iter();
    text.list("Notes", notes.map(|note| vec![note.title.clone(), note.note.clone()]));
}

fn alert(alert: &Alert) -> Vec<String> {
    let kind = t(Language::En, alert.kind.as_str());
    let head = alert.date.map_or_else(|| kind.clone(), |at| format!("{kind}, {}", date(Language::En, at)));
    let severity = alert.severity.map(|severity| t(Language::En, &format!("alert-severity-{severity}")));
    let mut entry = vec![head, alert.description.clone()];
    entry.extend(alert.description_cy.clone());
    entry.extend(severity);
    entry
}

fn contact(contact: &Contact) -> Vec<String> {
    vec![contact.name.clone(), contact.email.clone(), contact.telephone.clone()]
}

fn file(file: &File, base: &str) -> Vec<String> {
    let mut entry = vec![file.filename.clone()];
    entry.push(if file.title == file.filename { String::new() } else { file.title.clone() });
    entry.push(format!("{}, {} bytes, SHA-256 {}", file.media_type, file.size, file.sha256));
    if let Some(licence) = &file.licence {
        entry.push(format!("Licence: {licence} {}", file.licence_url.as_deref().unwrap_or_default()));
    }
    entry.push(format!("{base}{}", file.download_path()));
    entry
}

/// The columns of a table in their order; those that are dimensions with how they begin.
fn columns(
    text: &mut PlainText,
    page: &VersionPage,
    (file, profile): (&File, &Profile),
    base: &str,
    dimensions: &[Beginning],
) {
    let version = &page.version;
    let path = version_path(&version.dataset_id, &version.edition, version.version);
    let of = |column: &Column| {
        let mut entry = column_entry(column, &version.metadata.column_notes, base);
        if column.role == ColumnRole::Dimension {
            let known = dimensions.iter().find(|one| one.file_id == file.id && one.size.name == column.name);
            entry.extend(known.map(options));
            let (name, of_file) = (segment(&column.name), segment(&file.filename));
            entry.push(format!("Options: {base}{path}/dimensions/{name}/options?file={of_file}"));
        }
        entry
    };
    let heading = format!("Columns of {}, {} rows", file.filename, profile.rows);
    text.list(&heading, profile.columns.iter().map(of));
}

fn column_entry(column: &Column, notes: &[ColumnNote], base: &str) -> Vec<String> {
    let note = ColumnNote::about(notes, &column.name).cloned().unwrap_or_default();
    let label: &str = if note.label.is_empty() { column.heading() } else { &note.label };
    let kind = match column.kind {
        ColumnKind::Number => "numbers",
        ColumnKind::Integer => "whole numbers",
        ColumnKind::Text => "text",
        ColumnKind::Time => "dates or periods",
    };
    let role = match column.role {
        ColumnRole::Dimension => "dimension",
        ColumnRole::Measure => "figures",
        ColumnRole::Attribute => "says something about a figure",
    };
    let mut entry = vec![format!("{}: {role}, {kind}", column_line(label, &column.name))];
    entry.extend([note.description.clone(), note.quality_statement_text.clone()]);
    for (name, address) in [("Quality", &note.quality_statement_url), ("List of codes", &note.code_list_url)] {
        if !address.is_empty() {
            entry.push(format!("{name}: {}", absolute(base, address)));
        }
    }
    entry
}

/// How many options a dimension has, and the first of them where they are told.
fn options(of: &Beginning) -> String {
    let size = &of.size;
    let noun = if size.option_count == 1 { "option" } else { "options" };
    let number = match size.complete {
        true => format!("{} {noun}", size.option_count),
        false => format!("More than {} {noun}", size.option_count),
    };
    let first: Vec<String> = of.options.iter().map(option).collect();
    let is_whole = size.complete && u64::try_from(first.len()) == Ok(size.option_count);
    match (first.is_empty(), is_whole) {
        (true, _) => number,
        (false, true) => format!("{number}: {}", first.join(", ")),
        (false, false) => format!("{number}, the first are: {}", first.join(", ")),
    }
}

fn option(option: &OptionCount) -> String {
    match (option.code.as_str(), option.label.as_str()) {
        ("", _) => t(Language::En, "option-blank"),
        (code, label) if label.is_empty() || label == code => code.to_owned(),
        (code, label) => column_line(label, code),
    }
}

/// What the catalogue has words for, in words; else as it was written.
fn said(written: &str, words: fn(Language, &str) -> Option<String>) -> String {
    words(Language::En, written).unwrap_or_else(|| written.to_owned())
}

/// The address of a link, also of one to this site.
fn absolute(base: &str, href: &str) -> String {
    if href.starts_with('/') { format!("{base}{href}") } else { href.to_owned() }
}

#[cfg(test)]
mod tests {
    use domain::table::DimensionSize;

    use super::*;

    #[test]
    fn a_dimension_tells_how_many_options_it_has_and_how_they_begin() {
        let told = |options: &[(&str, &str)], option_count, complete| {
            let of =
                |(code, label): &(&str, &str)| OptionCount { code: (*code).into(), label: (*label).into(), count: 1 };
            let size = DimensionSize { name: "area".into(), option_count, complete };
            super::options(&Beginning { file_id: "f".into(), size, options: options.iter().map(of).collect() })
        };
        assert_eq!(told(&[("2023", "2023"), ("", "")], 2, true), "2 options: 2023, (blank)");
        assert_eq!(told(&[("W92", "Wales")], 1, true), "1 option: Wales (W92)");
        assert_eq!(told(&[("W92", "Wales")], 9_000, true), "9000 options, the first are: Wales (W92)");
        assert_eq!(told(&[("a", "a")], 50_000, false), "More than 50000 options, the first are: a");
        assert_eq!(told(&[], 3, true), "3 options");
    }
}
