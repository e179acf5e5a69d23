//! What one wants to be told, and how.

use domain::notification::Choice;
use leptos::prelude::*;
use rpc::Visit;

use super::parts::account_tabs;
use crate::components::form::Form;
use crate::components::portal::{object_header, table};
use crate::layout::portal::{Section, Shown, portal};

/// The choices of the person signed in.
#[component]
pub fn NotificationChoices() -> impl IntoView {
    portal(Section::Account, rpc::account::notification_choices(), |choices, visit| shown(&choices, visit))
}

fn shown(choices: &[Choice], visit: &Visit) -> Shown {
    let form = Form::of(visit, "account/choose-notifications");
    let headings = [("What happens", false), ("In the portal", false), ("By letter", false)];
    let rows = choices.iter().map(row).collect();
    let content = view! {
        {object_header("Account", "Notifications", ().into_any(), None)}
        {account_tabs("/account/notifications")}
        <div class="portal__content stack">
            <p class="muted">"What is ticked is told in "<a href="/admin/notifications">"your inbox"</a>" or by letter. Letters about publications go to those who prepared them where the schedule asks for e-mail, reminders and those of what waits for approval to those who tick them here; letters about your password always come."</p>
            <form class="stack" method="post" action=form.action()>
                {table("What you are told", "choices-table", &headings, rows)}
                <p><button class="button">"Save"</button></p>
            </form>
        </div>
    };
    Shown::new("Notifications", content.into_any()).under("Account", "/account")
}

fn row(choice: &Choice) -> AnyView {
    let (title, word) = (choice.kind.title(), choice.kind.as_str());
    let by_mail = if choice.kind.has_letters() {
        tick("by_mail[]", word, choice.by_mail, format!("{title}, by letter"))
    } else {
        view! { <span class="muted">"no letters"</span> }.into_any()
    };
    view! {
        <tr>
            <th scope="row" class="wrap-cell">{title}</th>
            <td>{tick("in_portal[]", word, choice.in_portal, format!("{title}, in the portal"))}</td>
            <td>{by_mail}</td>
        </tr>
    }
    .into_any()
}

/// A box of the grid, which the heads of its row and column name together.
fn tick(name: &'static str, value: &'static str, checked: bool, label: String) -> AnyView {
    view! {
        <label class="choice">
            <input type="checkbox" name=name value=value checked=checked/>
            <span class="visually-hidden">{label}</span>
        </label>
    }
    .into_any()
}
