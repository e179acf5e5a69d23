//! The inbox of what readers told: find it, answer it, note how.

use domain::feedback::{Feedback, FeedbackKind, FeedbackState, Inbox, page_of};
use domain::text::escaped;
use leptos::prelude::*;
use rpc::Visit;
use rpc::inbox::InboxAsked;

use super::super::administration::{page_number, query};
use super::answering::answering;
use crate::components::form::{Form, hidden};
use crate::components::portal::{empty, filter_input, filter_select, moment, object_header, pagination, panel};
use crate::layout::portal::{Section, Shown, portal};

/// The inbox; its filters stand in the address, and what waits is shown unless something else is asked for.
#[component]
pub fn FeedbackInbox() -> impl IntoView {
    let state = match query("state") {
        state if state.is_empty() => FeedbackState::New.as_str().to_owned(),
        state => state,
    };
    let asked = InboxAsked { state, kind: query("kind"), q: query("q"), assigned: query("assigned") };
    portal(Section::Feedback, rpc::inbox::inbox_read(asked.clone(), page_number()), move |inbox, visit| {
        shown(&inbox, &asked, visit)
    })
}

fn shown(inbox: &Inbox, asked: &InboxAsked, visit: &Visit) -> Shown {
    let page = &inbox.told;
    let total = page.total_count;
    let noun = match (FeedbackState::parse(&asked.state), total) {
        (Some(FeedbackState::New), 1) => "waits",
        (Some(FeedbackState::New), _) => "wait",
        (Some(FeedbackState::Handled), _) => "dealt with",
        (None, _) => "in all",
    };
    let meta = view! { <span>{total}" "{noun}</span><span>"kept for a year"</span> }.into_any();
    let list = if page.items.is_empty() {
        let text =
            "Readers tell the office what is wrong, missing or of use at the foot of every page, without an account.";
        empty("Nothing here", text, Some(("The form that readers use", "/feedback")))
    } else {
        let items: Vec<AnyView> = page.items.iter().map(|told| item(told, inbox, visit)).collect();
        view! { <ol class="plain stack">{items}</ol> }.into_any()
    };
    let (state, kind, q) = (escaped(&asked.state), escaped(&asked.kind), escaped(&asked.q));
    let assigned = escaped(&asked.assigned);
    let file = view! { <a class="button button--secondary" href=file_of(asked) download="">"CSV"</a> }.into_any();
    let address = move |n| format!("/admin/feedback?state={state}&kind={kind}&q={q}&assigned={assigned}&page={n}");
    let content = view! {
        {object_header("", "Feedback of readers", meta, Some(file))}
        {filters(asked, inbox)}
        {list}
        {pagination(total, page.limit, page.offset, address)}
    };
    Shown::new("Feedback of readers", content.into_any())
}

/// The file with all that was found, which the API makes; words that it does not know are left out, as the list does.
fn file_of(asked: &InboxAsked) -> String {
    let state = FeedbackState::parse(&asked.state).map(|state| format!("&state={state}"));
    let kind = FeedbackKind::parse(&asked.kind).map(|kind| format!("&kind={kind}"));
    let q = Some(asked.q.trim()).filter(|q| !q.is_empty()).map(|q| format!("&q={}", escaped(q)));
    let assigned =
        Some(asked.assigned.trim()).filter(|to| !to.is_empty()).map(|to| format!("&assigned={}", escaped(to)));
    let found: String = [state, kind, q, assigned].into_iter().flatten().collect();
    format!("/v1/feedback?format=csv{found}")
}

fn filters(asked: &InboxAsked, inbox: &Inbox) -> AnyView {
    let states = [("new", "What waits"), ("handled", "What is dealt with"), ("all", "Everything")];
    let states = states.map(|(value, words)| (value.to_owned(), words.to_owned())).to_vec();
    let mut kinds = vec![(String::new(), "Every kind".to_owned())];
    kinds.extend(FeedbackKind::ALL.iter().map(|kind| (kind.as_str().to_owned(), kind.title().to_owned())));
    let people = [("", "Anybody’s"), ("me", "Mine"), ("nobody", "Nobody’s yet")];
    let mut people = people.map(|(value, words)| (value.to_owned(), words.to_owned())).to_vec();
    people.extend(inbox.people.iter().cloned());
    view! {
        <form class="filter-bar" method="get" action="/admin/feedback" role="search">
            {filter_select("state", "Show", states, &asked.state)}
            {filter_select("kind", "Kind", kinds, &asked.kind)}
            {filter_select("assigned", "Dealt with by", people, &asked.assigned)}
            {filter_input("q", "Words or page", "search", &asked.q)}
            <button class="button button--secondary button--small">"Filter"</button>
        </form>
    }
    .into_any()
}

fn item(told: &Feedback, inbox: &Inbox, visit: &Visit) -> AnyView {
    // What was kept before it was checked as it is now leads nowhere else either.
    let href = page_of(&told.page);
    let about = if href.is_empty() {
        view! { <span class="muted">"about no page"</span> }.into_any()
    } else {
        let page = told.page.clone();
        view! { <a href=href>{page}</a> }.into_any()
    };
    let message = if told.message.is_empty() {
        view! { <p class="muted">"Without words."</p> }.into_any()
    } else {
        let language = told.language.as_str();
        view! { <p class="comment__text" lang=language>{told.message.clone()}</p> }.into_any()
    };
    let answer = told.address.clone().map(|address| {
        let href = format!("mailto:{address}");
        view! { <p>"An answer is wanted: "<a href=href>{address}</a></p> }
    });
    let note = told.note.clone().map(|note| view! { <p class="comment__text"><strong>"Note: "</strong>{note}</p> });
    let title = format!("{}, {}", told.kind.title(), domain::uk_time::date_time(told.created_at));
    let content = view! {
        <p>{about}</p>
        {message}{answer}{note}
        {answering(told, inbox, &title, visit)}
        {steps(told, &title, visit)}
    };
    view! { <li>{panel(&title, true, None, content.into_any())}</li> }.into_any()
}

fn steps(told: &Feedback, title: &str, visit: &Visit) -> AnyView {
    let which = view! { <span class="visually-hidden">": "{title.to_owned()}</span> };
    match (told.state, told.handled_at) {
        (FeedbackState::Handled, Some(at)) => {
            let by = told.handled_by_name.clone().unwrap_or_else(|| "somebody".to_owned());
            view! {
                <form method="post" action="/rpc/inbox/put-back">
                    {hidden("id", &told.id)}
                    <p>"Dealt with by "{by}", "{moment(at, "")}". "<button class="link-button">"Put it back"{which}</button></p>
                </form>
            }
            .into_any()
        }
        _ => {
            let form = Form::of(visit, "inbox/handle").where_is("id", &told.id);
            view! {
                <form class="stack stack--tight" method="post" action=form.action() novalidate=true>
                    {hidden("id", &told.id)}
                    {form.field("note", "What was done").optional().hint("For colleagues; readers do not see it.").textarea()}
                    <p><button class="button button--secondary">"Mark as dealt with"{which}</button></p>
                </form>
            }
            .into_any()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_holds_what_the_list_finds() {
        let asked =
            InboxAsked { state: "all".into(), kind: "not_useful".into(), q: " x&y ".into(), assigned: "me".into() };
        assert_eq!(file_of(&asked), "/v1/feedback?format=csv&kind=not_useful&q=x%26y&assigned=me");
        assert_eq!(file_of(&InboxAsked::default()), "/v1/feedback?format=csv");
    }
}
