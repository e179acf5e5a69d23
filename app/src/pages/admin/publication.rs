//! The publication of a bundle as it goes on.

use chrono::TimeDelta;
use domain::bundle::{BundleAction, BundleStage, ContentItem};
use domain::policy::Permission;
use domain::progress::{NextStep, PublicationProgress};
use domain::refusal::Blocker;
use leptos::prelude::*;
use rpc::Visit;

use super::leave_out::leave_out_ahead;
use super::param;
use super::publication_steps::{steps, took};
use super::queue::after_instant_words;
use crate::components::form::{Form, blockers, hidden};
use crate::components::portal::{
    countdown, followed, look_again_by_hand, moment, object_header, panel, state_tag, table,
};
use crate::layout::portal::{Section, Shown, portal};

/// What happens to a bundle at its instant and after it, step by step; with scripts it follows by itself.
#[component]
pub fn BundlePublication() -> impl IntoView {
    portal(Section::Bundles, rpc::bundles::progress(param("id")), |progress, visit| shown(&progress, visit))
}

fn shown(progress: &PublicationProgress, visit: &Visit) -> Shown {
    let (bundle, course) = (&progress.bundle, progress.course());
    let (title, page) = (bundle.details.title.clone(), bundle.admin_path());
    let follows = course.goes_on();
    let meta = view! { {state_tag(bundle.stage().as_str())}<a href=page.clone()>"The bundle"</a> }.into_any();
    let again = follows.then(|| look_again_by_hand(format!("{page}/publication")));
    let content = view! {
        {object_header("Publication", &title, meta, primary(progress, visit))}
        <div class="portal__body">
            <div class="portal__content stack">
                {standing(progress)}
                {panel("Steps", false, None, steps(progress))}
                {items(progress)}
            </div>
            <aside class="portal__aside stack">{clock(progress)}{others(progress)}{receivers(progress, visit)}{on_call(progress, visit)}{again}</aside>
        </div>
    };
    let content = followed(course, follows, content.into_any());
    Shown::new("Publication", content).under("Bundles", "/admin/bundles").under(title, page)
}

/// The one safe thing to do next.
fn primary(progress: &PublicationProgress, visit: &Visit) -> Option<AnyView> {
    let page = progress.bundle.admin_path();
    let link = |action: BundleAction, words: &'static str| {
        let href = format!("{page}#{}", anchor(action));
        Some(view! { <a class="button" id="next" href=href>{words}</a> }.into_any())
    };
    match progress.next_step() {
        NextStep::Retry => link(BundleAction::Retry, "Try again"),
        NextStep::Reset => link(BundleAction::Reset, "Reset to approved"),
        NextStep::Replay(step) => {
            let form = Form::of(visit, "bundles/replay-step").where_is("step", &step);
            let form = view! {
                <form method="post" action=form.action()>
                    {hidden("id", &progress.bundle.id)}{hidden("step", &step)}
                    <button class="button" id="next">"Have the step tried again"</button>
                </form>
            };
            Some(form.into_any())
        }
        NextStep::Nothing | NextStep::Ask => None,
    }
}

/// Where the bundle's page has the form of an action.
fn anchor(action: BundleAction) -> String {
    action.as_str().replace('_', "-")
}

fn standing(progress: &PublicationProgress) -> AnyView {
    let state = &progress.bundle.state;
    let asks = (progress.next_step() == NextStep::Ask).then(
        || view! { <p>"Your rights do not reach what has to be done next: tell an operator or an approver."</p> },
    );
    match progress.bundle.stage() {
        BundleStage::Failed => {
            let Some(failure) = state.failure() else { return ().into_any() };
            view! {
                <section class="banner banner--error">
                    <h2 class="banner__title">"Publication failed, nothing became public"</h2>
                    <p>{failure.message.clone()}</p>
                    <p class="small">{moment(failure.at, "")}</p>
                    {asks}
                </section>
                {blockers("What stood in the way", "in-the-way", &failure.blockers)}
            }
            .into_any()
        }
        BundleStage::Published => {
            let due = state.schedule().map(|schedule| schedule.publication_date);
            let lateness = state.published_at().zip(due);
            let lateness =
                lateness.map(|(at, due)| format!(", {}", after_instant_words((at - due).num_milliseconds())));
            let at = state.published_at().map(|at| moment(at, ""));
            view! {
                <section class="banner banner--success">
                    <h2 class="banner__title">"Public"</h2>
                    <p>"Published "{at}{lateness}"."</p>
                    {asks}
                </section>
            }
            .into_any()
        }
        BundleStage::Scheduled if progress.still_fails() => view! {
            <section class="banner banner--warning">
                <h2 class="banner__title">"It would fail"</h2>
                <p>"A check does not pass. "<a href=progress.bundle.admin_path()>"See what to mend"</a></p>
            </section>
        }
        .into_any(),
        BundleStage::Scheduled | BundleStage::Publishing => ().into_any(),
        _ => view! {
            <section class="banner banner--information">
                <h2 class="banner__title">"Not scheduled"</h2>
                <p>"The steps begin once the bundle has been given an instant, or is published by hand."</p>
            </section>
        }
        .into_any(),
    }
}

/// Its place in the queue and the time until its instant.
fn clock(progress: &PublicationProgress) -> Option<AnyView> {
    let schedule = progress.bundle.state.schedule()?;
    let at = schedule.publication_date;
    let place = progress.place.as_ref().map(|place| {
        let words = format!("Number {} of {} in the publish queue, as far as you see it.", place.number, place.of);
        view! { <p class="muted"><a href="/admin/queue">{words}</a></p> }
    });
    let waits = progress.bundle.stage() == BundleStage::Scheduled && at > progress.now;
    let time = if waits {
        countdown(at, progress.now, "Publishes in", false)
    } else {
        view! { <p>"Due "{moment(at, "")}</p> }.into_any()
    };
    let estimate = matches!(progress.bundle.stage(), BundleStage::Scheduled | BundleStage::Publishing).then(|| {
        let took = took(TimeDelta::milliseconds(progress.expected_ms));
        view! { <p class="small muted">{format!("It should take about {took} once it is begun.")}</p> }
    });
    Some(panel("Instant", false, None, view! { {time}{place}{estimate} }.into_any()))
}

/// Receivers that an operator leaves out of the publication, or has told after all.
fn receivers(progress: &PublicationProgress, visit: &Visit) -> Option<AnyView> {
    let lines = leave_out_ahead(progress, visit);
    (!lines.is_empty()).then(|| {
        let list = view! { <ul class="plain stack stack--tight">{lines}</ul> };
        panel("Receivers", false, Some(("Integrations", "/ops/integrations")), list.into_any())
    })
}

/// What operators look at and do beside the bundle: the lines of the log that name it, and an incident for who is on call.
fn on_call(progress: &PublicationProgress, visit: &Visit) -> Option<AnyView> {
    let operates = visit.caller.as_ref().is_some_and(|caller| caller.may(Permission::SystemOperate));
    let id = &progress.bundle.id;
    let given_up = progress.steps.iter().any(|step| step.is_owed() && step.given_up_at.is_some());
    let amiss = given_up || progress.bundle.stage() == BundleStage::Failed;
    operates.then(|| {
        let (lines, incident) = (format!("/ops/logs?bundle={id}"), format!("/ops/alerts?bundle={id}#open-one"));
        let incident = amiss.then(|| view! { <li><a href=incident>"Hand it to who is on call"</a></li> });
        let list = view! {
            <ul class="plain stack stack--tight"><li><a href=lines>"Lines of the log"</a></li>{incident}</ul>
        };
        panel("For operators", false, None, list.into_any())
    })
}

/// What came of each version.
fn items(progress: &PublicationProgress) -> AnyView {
    let tracked = progress.steps.iter().any(|step| step.name.starts_with("tracker:"));
    let rows: Vec<AnyView> = progress.contents.iter().map(|item| row(item, progress, tracked)).collect();
    let mut headings =
        vec![("Dataset", false), ("Edition", false), ("Version", true), ("State", false), ("Files", true)];
    headings.extend(tracked.then_some(("Tracker", false)));
    let ended = matches!(progress.bundle.stage(), BundleStage::Published | BundleStage::Failed);
    headings.extend(ended.then_some(("Result", false)));
    panel("Versions", false, None, table("Versions", "items-table", &headings, rows))
}

fn row(item: &ContentItem, progress: &PublicationProgress, tracked: bool) -> AnyView {
    let public = progress.bundle.stage() == BundleStage::Published;
    let href = if public {
        format!("/catalogue/{}/editions/{}/versions/{}", item.dataset_id, item.edition, item.version)
    } else {
        domain::version::admin_version_path(&item.dataset_id, &item.edition, item.version)
    };
    let name = format!("tracker:{}", item.dataset_id);
    let told = progress.steps.iter().find(|step| step.name == name).map_or("-", |step| step.state.as_str()).to_owned();
    view! {
        <tr>
            <th scope="row"><a href=href>{item.title.clone()}</a><span class="table__sub mono">{item.dataset_id.clone()}</span></th>
            <td>{item.edition_title.clone()}</td>
            <td class="num">{item.version}</td>
            <td>{state_tag(item.state.as_str())}</td>
            <td class="num">{item.sound_files}</td>
            {tracked.then(|| view! { <td>{told}</td> })}
            {result(item, progress).map(|result| view! { <td class="wrap-cell">{result}</td> })}
        </tr>
    }
    .into_any()
}

/// What came of a version once the publication has ended; all of a bundle become public, or none.
fn result(item: &ContentItem, progress: &PublicationProgress) -> Option<AnyView> {
    let state = &progress.bundle.state;
    match progress.bundle.stage() {
        BundleStage::Published => Some(view! { <span class="tag state--published">"Public"</span> }.into_any()),
        BundleStage::Failed => {
            let blockers = state.failure().map(|failure| failure.blockers.as_slice()).unwrap_or_default();
            Some(not_published(item, &progress.contents, blockers))
        }
        _ => None,
    }
}

/// What of a version stood in the way; or that another version did, or something that is no version.
fn not_published(item: &ContentItem, contents: &[ContentItem], blockers: &[Blocker]) -> AnyView {
    let reasons: Vec<AnyView> = reasons_of(item, blockers)
        .into_iter()
        .map(|blocker| view! { <span class="table__sub">{blocker.message.clone()}</span> }.into_any())
        .collect();
    if !reasons.is_empty() {
        return view! { <span class="tag state--failed">"In the way"</span>{reasons} }.into_any();
    }
    let is_other = contents.iter().any(|other| !reasons_of(other, blockers).is_empty());
    let words = if is_other { "Held back with the rest" } else { "Not published" };
    view! { <span class="tag tag--plain">{words}</span> }.into_any()
}

/// What stood in the way and is about this version or its dataset.
fn reasons_of<'a>(item: &ContentItem, blockers: &'a [Blocker]) -> Vec<&'a Blocker> {
    let subjects = [item.reference(), item.dataset_id.clone()];
    let is_about = |blocker: &&Blocker| blocker.subject.as_ref().is_some_and(|subject| subjects.contains(subject));
    blockers.iter().filter(is_about).collect()
}

/// The other actions of this state: a link to each that can be taken, and why not for the rest.
fn others(progress: &PublicationProgress) -> Option<AnyView> {
    let page = progress.bundle.admin_path();
    let given_up = progress.steps.iter().any(|step| step.is_owed() && step.given_up_at.is_some());
    let leave_out = given_up.then(|| {
        let words = "Leave the step out";
        if progress.can_operate {
            return view! { <li><a href=page.clone()>{words}</a></li> }.into_any();
        }
        let why = format!("It needs the right {}.", Permission::BundlesPublish);
        view! { <li>{words}<span class="table__sub">{why}</span></li> }.into_any()
    });
    let listed: Vec<AnyView> = progress
        .others()
        .into_iter()
        .map(|(action, reasons)| {
            let words = crate::components::portal::sentence(action.label());
            if reasons.is_empty() {
                return view! { <li><a href=format!("{page}#{}", anchor(action))>{words}</a></li> }.into_any();
            }
            view! { <li>{words}<span class="table__sub">{reasons.join(" ")}</span></li> }.into_any()
        })
        .chain(leave_out)
        .collect();
    (!listed.is_empty()).then(|| {
        panel("Other actions", false, None, view! { <ul class="plain stack stack--tight">{listed}</ul> }.into_any())
    })
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use domain::actor::Actor;
    use domain::version::VersionState;

    use super::*;

    fn item(dataset: &str) -> ContentItem {
        ContentItem {
            id: dataset.into(),
            bundle_id: "b".into(),
            version_id: dataset.into(),
            dataset_id: dataset.into(),
            department: "economy".into(),
            edition: "months".into(),
            version: 1,
            title: dataset.into(),
            edition_title: "Months".into(),
            state: VersionState::Approved,
            version_revision: 1,
            validated_revision: 1,
            last_validated: DateTime::UNIX_EPOCH,
            draft_revision: 1,
            approved_draft: None,
            draft_edited_by: Actor::system("test"),
            draft_is_news: false,
            edition_titled_by: None,
            sound_files: 1,
            unsound_files: 0,
            unsound_file: None,
            gaps: Vec::new(),
            missing_predecessor: None,
        }
    }

    #[test]
    fn a_version_is_held_back_with_the_rest_only_where_another_is_in_the_way() {
        let contents = [item("cpi"), item("gdp")];
        let said = |at: usize, blockers: &[Blocker]| {
            let html = not_published(&contents[at], &contents, blockers).to_html();
            ["In the way", "Held back with the rest", "Not published"].map(|words| html.contains(words))
        };
        let fault = Blocker::new("storage", "The storage does not answer.");
        assert_eq!(said(0, std::slice::from_ref(&fault)), [false, false, true]);
        assert_eq!(said(0, &[]), [false, false, true]);
        for subject in ["gdp", "gdp/months/1"] {
            let blockers = [fault.clone(), Blocker::new("files", "A file is broken.").about(subject, None)];
            assert_eq!(said(0, &blockers), [false, true, false], "{subject}");
            assert_eq!(said(1, &blockers), [true, false, false], "{subject}");
        }
    }
}
