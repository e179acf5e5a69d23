//! Beginning a bundle, anew or as a past one was.

use domain::bundle::desk::NewBundleForm;
use domain::bundle::repeat::title_of_next;
use domain::bundle::{BundleDetails, BundleKind};
use domain::version::Version;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use rpc::Visit;

use super::bundle_edit::fields;
use super::query;
use crate::components::form::{Form, hidden};
use crate::components::portal::{object_header, panel};
use crate::layout::portal::{Section, Shown, portal};

/// The id of the form, which the choice of a past bundle belongs to as well.
const FORM: &str = "new-bundle";
/// Under which names the address says what a past bundle has filled in, and nobody typed.
const FILLED: [&str; 2] = ["filled_title", "filled_description"];

/// What somebody had in hand when they chose a bundle to repeat.
#[derive(Clone, Debug, Default)]
struct InHand {
    title: String,
    description: String,
    teams: Vec<String>,
}

impl InHand {
    /// What the address says that was typed; what another past bundle had filled in was not.
    fn asked() -> Self {
        let [title, description] = FILLED;
        let typed =
            |name: &str, filled: &str| Some(query(name)).filter(|text| *text != query(filled)).unwrap_or_default();
        let teams = use_query_map().read_untracked().get_all("preview_teams[]").unwrap_or_default();
        Self { title: typed("title", title), description: typed("description", description), teams }
    }

    /// The details that a bundle begins with: those of the one that is repeated, but for what was typed already.
    fn over(self, filled: &BundleDetails) -> BundleDetails {
        let or = |typed: String, filled: &String| if typed.trim().is_empty() { filled.clone() } else { typed };
        let mut teams = filled.preview_teams.clone();
        let more: Vec<String> = self.teams.into_iter().filter(|team| !teams.contains(team)).collect();
        teams.extend(more);
        BundleDetails {
            title: or(self.title, &filled.title),
            description: or(self.description, &filled.description),
            kind: filled.kind,
            preview_teams: teams,
        }
    }
}

/// The form for a new bundle; `from` in the address names one to repeat, `version` one version that is to go in at once.
#[component]
pub fn NewBundle() -> impl IntoView {
    let given = |name: &str| Some(query(name)).filter(|value| !value.is_empty());
    let (template, version, in_hand) = (given("from"), given("version"), InHand::asked());
    let load = rpc::bundles::new_form(template, version.clone());
    portal(Section::Bundles, load, move |begin, visit| shown(&begin, version.as_deref(), in_hand, visit))
}

fn shown(begin: &NewBundleForm, version: Option<&str>, in_hand: InHand, visit: &Visit) -> Shown {
    let form = Form::of(visit, "bundles/create");
    let filled = begin.template.as_ref().map_or_else(
        || BundleDetails {
            title: String::new(),
            description: String::new(),
            kind: BundleKind::Scheduled,
            preview_teams: Vec::new(),
        },
        |template| BundleDetails { title: title_of_next(&template.details.title), ..template.details.clone() },
    );
    let details = in_hand.over(&filled);
    let template = begin.template.as_ref().map(|template| hidden("template", &template.id));
    let content = view! {
        {object_header("", "New bundle", ().into_any(), None)}
        {repeat(begin, &filled)}
        <form class="stack" id=FORM method="post" action=form.action() novalidate=true>
            {template}
            {repeated(begin, version, (&filled, &details))}
            {taken_in(begin, version)}
            {fields(&form, &details, &begin.teams)}
            <div class="button-group">
                <button class="button">"Create bundle"</button>
                <a href="/admin/bundles">"Cancel"</a>
            </div>
        </form>
    };
    Shown::new("New bundle", content.into_any()).under("Bundles", "/admin/bundles")
}

/// The choice of a past bundle. It belongs to the form below, so that what is typed there goes with it.
fn repeat(begin: &NewBundleForm, filled: &BundleDetails) -> Option<AnyView> {
    if begin.past.is_empty() {
        return None;
    }
    let chosen = begin.template.as_ref().map(|template| template.id.as_str());
    let options: Vec<AnyView> = begin
        .past
        .iter()
        .map(|bundle| {
            let day = bundle.state.published_at().map(domain::uk_time::date).unwrap_or_default();
            let text = format!("{}, {day}", bundle.details.title);
            let selected = chosen == Some(bundle.id.as_str());
            view! { <option value=bundle.id.clone() selected=selected>{text}</option> }.into_any()
        })
        .collect();
    let [title, description] = FILLED;
    let (of_title, of_description) = (filled.title.clone(), filled.description.clone());
    // The first button of a form is pressed by the Enter key in a field, which is to create the bundle and not to fill it in.
    Some(
        view! {
            <button class="visually-hidden" form=FORM tabindex="-1" aria-hidden="true">"Create bundle"</button>
            <div class="filter-bar">
                <div><label for="from">"Repeat a past bundle"</label><select id="from" name="from" form=FORM><option value="">"None, begin anew"</option>{options}</select></div>
                <input type="hidden" name=title value=of_title form=FORM/>
                <input type="hidden" name=description value=of_description form=FORM/>
                <button class="button button--secondary button--small" form=FORM formmethod="get" formaction="/admin/bundles/new">"Fill in"</button>
            </div>
        }
        .into_any(),
    )
}

/// The version that was asked for, where it may go in.
fn held<'a>(begin: &'a NewBundleForm, version: Option<&str>) -> Option<&'a Version> {
    let asked = version?;
    begin.versions.iter().find(|version| version.reference() == asked)
}

/// The version that goes in at once, or that it cannot.
fn taken_in(begin: &NewBundleForm, version: Option<&str>) -> Option<AnyView> {
    let asked = version?;
    let body = match held(begin, version) {
        Some(version) => {
            let (href, reference) = (version.admin_path(), version.reference());
            view! {
                {hidden("version", &reference)}
                <p>"This approved version goes in at once: "<a href=href>{reference.clone()}</a></p>
            }
            .into_any()
        }
        None => {
            let text = format!("{asked} is not free to go into a bundle of yours. The bundle begins without it.");
            view! { <p class="muted">{text}</p> }.into_any()
        }
    };
    Some(panel("With a version inside", false, None, body))
}

/// What goes into the repetition at once, and what of it was not filled in since something was typed there.
fn repeated(
    begin: &NewBundleForm,
    version: Option<&str>,
    (filled, details): (&BundleDetails, &BundleDetails),
) -> Option<AnyView> {
    let template = begin.template.as_ref()?;
    let title = format!("As {}", template.details.title);
    let kept = (filled.title != details.title).then(|| {
        let text = format!(
            "The title that you typed was kept. That of the next one would be \u{201c}{}\u{201d}.",
            filled.title
        );
        view! { <p>{text}</p> }
    });
    let asked = held(begin, version).map(|version| version.id.as_str());
    let followers: Vec<&Version> = begin.versions.iter().filter(|version| asked != Some(version.id.as_str())).collect();
    let body = if followers.is_empty() {
        let text = "No other approved version of its editions is free yet. They can be added later.";
        view! { <p class="muted">{text}</p> }.into_any()
    } else {
        let items: Vec<AnyView> = followers
            .into_iter()
            .map(|version| {
                let (href, text) = (version.admin_path(), version.reference());
                view! { <li><a href=href>{text}</a></li> }.into_any()
            })
            .collect();
        view! { <p>"These approved versions follow its contents and go in at once:"</p><ul>{items}</ul> }.into_any()
    };
    Some(panel(&title, false, None, view! { {kept}{body} }.into_any()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_is_not_replaced_by_what_a_past_bundle_fills_in() {
        let filled = BundleDetails {
            title: "Prices, December 2026".into(),
            description: "Monthly.".into(),
            kind: BundleKind::Manual,
            preview_teams: vec!["press".into()],
        };
        let typed = InHand {
            title: "Prices, a special".into(),
            teams: vec!["press".into(), "board".into()],
            ..InHand::default()
        };
        let details = typed.over(&filled);
        assert_eq!((details.title.as_str(), details.description.as_str()), ("Prices, a special", "Monthly."));
        assert_eq!((details.kind, details.preview_teams), (BundleKind::Manual, vec!["press".into(), "board".into()]));
        assert_eq!(InHand::default().over(&filled), filled);
    }
}
