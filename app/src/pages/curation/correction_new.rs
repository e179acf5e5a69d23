//! Correcting a public version step by step: which one, what is said, how readers will see it, and who is told.
//!
//! What was typed stands in the page's address, so that it can be looked at again, or sent to somebody who may publish it.

use domain::catalogue::Hit;
use domain::curation::CorrectionGuide;
use domain::language::Language;
use domain::subscription::SubscriptionChannel;
use domain::version::{Alert, AlertKind, AlertSeverity, Version};
use domain::views::DatasetAdminPage;
use leptos::prelude::*;
use rpc::Visit;

use super::super::administration::query;
use crate::components::form::{Form, hidden};
use crate::components::portal::{
    Step, alert_kinds, counted, empty, filter_input, object_header, panel, severities, steps,
};
use crate::layout::portal::{Section, Shown, portal};
use crate::pages::admin::correction_path;
use crate::pages::site::alert_banner;

/// Where the page is.
const PATH: &str = "/admin/corrections/new";
/// How many characters each text may have: both stand in the page's address, and proxies take no longer one.
const LONGEST: u32 = 1500;

/// What the page's address asks for.
struct Asked {
    q: String,
    dataset: String,
    edition: String,
    version: u32,
    kind: String,
    severity: String,
    figures: bool,
    description: String,
    description_cy: String,
}

impl Asked {
    fn read() -> Self {
        Self {
            q: query("q"),
            dataset: query("dataset"),
            edition: query("edition"),
            version: query("version").parse().unwrap_or_default(),
            kind: query("kind"),
            severity: query("severity"),
            figures: query("figures") == "yes",
            description: query("description"),
            description_cy: query("description_cy"),
        }
    }

    /// What readers will see; nothing before anything is said.
    fn alert(&self, guide: &CorrectionGuide) -> Option<Alert> {
        let description = self.description.trim();
        let kind = if self.figures { Some(AlertKind::Correction) } else { AlertKind::parse(&self.kind) };
        (!description.is_empty()).then(|| Alert {
            date: Some(guide.now),
            description_cy: Some(self.description_cy.trim().to_owned()).filter(|text| !text.is_empty()),
            severity: AlertSeverity::parse(&self.severity),
            ..Alert::new(kind.unwrap_or(AlertKind::Correction), description)
        })
    }
}

/// The steps of a correction.
#[component]
pub fn NewCorrection() -> impl IntoView {
    let asked = Asked::read();
    let load = rpc::archive::new_correction_read(asked.q.clone(), asked.dataset.clone());
    portal(Section::Corrections, load, move |guide, visit| shown(&guide, &asked, visit))
}

fn shown(guide: &CorrectionGuide, asked: &Asked, visit: &Visit) -> Shown {
    let version = guide.version(&asked.edition, asked.version);
    let alert = asked.alert(guide);
    let (step, body) = match (&guide.dataset, version, &alert) {
        (Some(page), Some(version), None) => (1, words(page, version, asked, visit)),
        (Some(page), Some(version), Some(alert)) => (2, look(guide, page, version, (asked, alert), visit)),
        (Some(page), None, _) => (0, versions(page)),
        (None, ..) => (0, pick(&guide.found, &asked.q)),
    };
    let meta = match version {
        Some(version) => format!("{}, version {}", version.edition_title, version.version),
        None => "A public version is never edited".to_owned(),
    };
    let content = view! {
        {object_header("Correction", "Correct a public version", view! { <span>{meta}</span> }.into_any(), None)}
        {stepper(step)}
        <div class="stack">{body}</div>
    };
    Shown::new("Correct a public version", content.into_any()).under("Corrections", "/admin/corrections")
}

fn stepper(shown: usize) -> AnyView {
    let of = |(i, name): (usize, &'static str)| Step {
        name,
        href: (i == 0).then(|| PATH.to_owned()),
        modifier: match i.cmp(&shown) {
            std::cmp::Ordering::Less => "done",
            std::cmp::Ordering::Equal => "current",
            std::cmp::Ordering::Greater => "todo",
        },
        note: "",
        current: i == shown,
    };
    steps(["Version", "Words", "Look and publish"].into_iter().enumerate().map(of).collect())
}

/// The search for the dataset.
fn pick(found: &[Hit], q: &str) -> AnyView {
    let items: Vec<AnyView> = found
        .iter()
        .map(|hit| {
            let href = format!("{PATH}?dataset={}", hit.dataset_id);
            let title = hit.title.clone();
            view! { <li><a href=href>{title}</a>", "{domain::uk_time::date(hit.release_date)}</li> }.into_any()
        })
        .collect();
    let list = match (q.trim().is_empty(), items.is_empty()) {
        (true, _) => ().into_any(),
        (false, true) => view! { <p class="muted">"No public dataset fits."</p> }.into_any(),
        (false, false) => view! { <ul>{items}</ul> }.into_any(),
    };
    let content = view! {
        <form class="filter-bar" method="get" action=PATH role="search">
            {filter_input("q", "Dataset", "search", q)}
            <button class="button button--small">"Find"</button>
        </form>
        {list}
    };
    panel("Which dataset is wrong?", false, None, content.into_any())
}

/// The public versions of the dataset, the newest of each edition first.
fn versions(page: &DatasetAdminPage) -> AnyView {
    let public = page.editions.iter().flat_map(|(_, versions)| versions).filter(|version| version.is_public());
    let items: Vec<AnyView> = public
        .map(|version| {
            let text = format!("{}, version {}", version.edition_title, version.version);
            let release = version.metadata.release_date.map(domain::uk_time::date);
            let told = version.metadata.alerts.len();
            let told = (told > 0).then(|| counted(told, "alert"));
            view! {
                <li class="ledger__row">
                    <span class="ledger__when">{release}</span>
                    <span class="ledger__what"><a href=correction_path(version)>{text}</a><span class="ledger__sub">{told}</span></span>
                </li>
            }
            .into_any()
        })
        .collect();
    let body = if items.is_empty() {
        empty("Nothing is public", "A version in preparation is edited instead.", Some(("Another dataset", PATH)))
    } else {
        view! { <ul class="ledger">{items}</ul> }.into_any()
    };
    panel(&format!("Which version of {}?", page.dataset.working().title), false, None, body)
}

/// The form of what is said; it changes nothing yet.
fn words(page: &DatasetAdminPage, version: &Version, asked: &Asked, visit: &Visit) -> AnyView {
    let form = Form::of(visit, "versions/add-alert");
    let kind = if asked.kind.is_empty() { AlertKind::Correction.as_str() } else { asked.kind.as_str() };
    let figures = [
        ("no", "No, only words are needed", "They are put on the public version, at once when you publish them."),
        (
            "yes",
            "Yes, the figures change",
            "A new version is prepared and published with a bundle; the words go with it.",
        ),
    ]
    .map(|(value, text, hint)| (value.to_owned(), text.to_owned(), hint.to_owned()));
    let hint = "Readers see it above the figures. Say which figures, what was wrong, and what is right. At most 1,500 characters.";
    let content = view! {
        <form class="stack" method="get" action=PATH data-draft="yes">
            {named(version)}
            {form.radios("figures", "Do figures change?", figures.to_vec(), if asked.figures { "yes" } else { "no" })}
            <div class="field-row">
                {form.field("kind", "Kind").value(kind).short().select(alert_kinds())}
                {form.field("severity", "Severity").value(&asked.severity).short().select(severities())}
            </div>
            {form.field("description", "What readers should know").value(&asked.description).hint(hint).most(LONGEST).textarea()}
            {form.field("description_cy", "The same in Welsh").value(&asked.description_cy).optional().most(LONGEST).textarea()}
            <button class="button">"Look at it"</button>
        </form>
    };
    panel(&format!("What is wrong in {}", page.dataset.working().title), false, None, content.into_any())
}

fn named(version: &Version) -> AnyView {
    view! {
        {hidden("dataset", &version.dataset_id)}{hidden("edition", &version.edition)}{hidden("version", version.version)}
    }
    .into_any()
}

/// How readers will see it, who is told, and the form that goes on.
fn look(
    guide: &CorrectionGuide,
    page: &DatasetAdminPage,
    version: &Version,
    (asked, alert): (&Asked, &Alert),
    visit: &Visit,
) -> AnyView {
    let seen = view! {
        <div class="stack stack--tight" lang="en">{alert_banner(Language::En, alert)}</div>
        <div class="stack stack--tight" lang="cy">{alert_banner(Language::Cy, alert)}</div>
    };
    let going_on = if asked.figures { new_version(page, version, alert, visit) } else { publish(page, version, alert) };
    view! {
        {panel("As readers will see it, in English and in Welsh", false, None, seen.into_any())}
        {panel("Who is told", false, None, told(guide, asked.figures))}
        {going_on}
        {words(page, version, asked, visit)}
    }
    .into_any()
}

fn told(guide: &CorrectionGuide, figures: bool) -> AnyView {
    let letters = if figures {
        format!("Once its bundle is published, {}.", subscribers(&guide.readers))
    } else {
        "Nobody by letter: subscribers are told of new versions alone.".to_owned()
    };
    view! {
        <ul>
            <li>"Readers of the version’s page, and of the dataset’s where it is the latest."</li>
            <li>"The list of corrections and its feeds, in English and in Welsh."</li>
            <li>{letters}</li>
        </ul>
    }
    .into_any()
}

/// How many subscribers are told, in words. Whose searches find it only the index knows once it is public.
fn subscribers(readers: &[(SubscriptionChannel, u64)]) -> String {
    let of = |(channel, number): &(SubscriptionChannel, u64)| match channel {
        SubscriptionChannel::Email => format!("{} by letter", counted(number, "subscriber")),
        SubscriptionChannel::Webhook => counted(number, "program"),
    };
    let all: Vec<String> = readers.iter().map(of).collect();
    let known = if all.is_empty() { "nobody else".to_owned() } else { all.join(" and ") };
    format!("{known}, besides those whose searches find it")
}

/// The form that puts the words on the public version.
fn publish(page: &DatasetAdminPage, version: &Version, alert: &Alert) -> AnyView {
    let body = if page.can_correct {
        view! {
            <form class="stack stack--tight" method="post" action="/rpc/versions/add-alert">
                {hidden("dataset_id", &version.dataset_id)}
                {hidden("edition", &version.edition)}
                {hidden("version", version.version)}
                {hidden("kind", alert.kind)}
                {hidden("severity", alert.severity.map_or("", AlertSeverity::as_str))}
                {hidden("description", &alert.description)}
                {hidden("description_cy", alert.description_cy.as_deref().unwrap_or_default())}
                <p>"Readers see it at once. It can be withdrawn; that it was there stays in the history."</p>
                <button class="button">"Publish to readers now"</button>
            </form>
        }
        .into_any()
    } else {
        view! { <p>"Your rights do not reach as far as publishing it. Send the address of this page to somebody who may correct this dataset."</p> }
            .into_any()
    };
    panel("Publish", false, None, body)
}

/// The form that begins the version in which the figures are right.
fn new_version(page: &DatasetAdminPage, version: &Version, alert: &Alert, visit: &Visit) -> AnyView {
    let body = if page.can_edit {
        let form = Form::of(visit, "versions/create");
        view! {
            <form class="stack stack--tight" method="post" action=form.action() novalidate=true>
                {hidden("dataset_id", &version.dataset_id)}
                {hidden("edition", &version.edition)}
                {hidden("carry", "yes")}
                {hidden("step", domain::review::WizardStep::Files)}
                {hidden("severity", alert.severity.map_or("", AlertSeverity::as_str))}
                {hidden("correction", &alert.description)}
                {hidden("correction_cy", alert.description_cy.as_deref().unwrap_or_default())}
                {form.field("release_date", "Release date").kind("date").short().hint("The date that readers see.").input()}
                <p>"Nothing is public before the new version is, with its bundle. The old one stays, with its files, and leads on to it."</p>
                <button class="button">"Begin the corrected version"</button>
            </form>
        }
        .into_any()
    } else {
        view! { <p>"Your rights do not reach as far as preparing a version. Send the address of this page to an editor of this dataset."</p> }
            .into_any()
    };
    panel("Prepare the new version", false, None, body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subscribers_are_counted_in_words() {
        use SubscriptionChannel::{Email, Webhook};
        assert_eq!(subscribers(&[]), "nobody else, besides those whose searches find it");
        assert_eq!(subscribers(&[(Email, 1)]), "1 subscriber by letter, besides those whose searches find it");
        let both = "12 subscribers by letter and 1 program, besides those whose searches find it";
        assert_eq!(subscribers(&[(Email, 12), (Webhook, 1)]), both);
    }
}
