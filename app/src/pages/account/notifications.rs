//! What one wants to be told, and how.

use domain::letter_times::{LetterTimes, NotificationSettings};
use domain::notification::{Choice, NotificationKind};
use leptos::prelude::*;
use rpc::Visit;

use super::parts::account_tabs;
use crate::components::form::Form;
use crate::components::portal::{object_header, table};
use crate::layout::portal::{Section, Shown, portal};

/// The choices of the person signed in.
#[component]
pub fn NotificationChoices() -> impl IntoView {
    portal(Section::Account, rpc::account::notification_choices(), |settings, visit| shown(&settings, visit))
}

fn shown(settings: &NotificationSettings, visit: &Visit) -> Shown {
    let form = Form::of(visit, "account/choose-notifications");
    let headings = [
        ("What happens", false),
        ("In the portal", false),
        ("By letter at once", false),
        ("In the daily letter", false),
    ];
    let chosen = Chosen::of(&form, &settings.choices);
    let rows = settings.choices.iter().map(|choice| row(choice.kind, &chosen)).collect();
    let content = view! {
        {object_header("Account", "Notifications", ().into_any(), None)}
        {account_tabs("/account/notifications")}
        <div class="portal__content stack">
            <p class="muted">"What is ticked is told in "<a href="/admin/notifications">"your inbox"</a>" or by letter. Letters about publications go to those who prepared them where the schedule asks for e-mail, reminders and those of what waits for approval to those who tick them here; letters about your account always come, at once. What is ticked for both kinds of letters comes at once."</p>
            <form class="stack" method="post" action=form.action()>
                {table("What you are told", "choices-table", &headings, rows)}
                {times(&form, &settings.times)}
                <p><button class="button">"Save"</button></p>
            </form>
        </div>
    };
    Shown::new("Notifications", content.into_any()).under("Account", "/account")
}

/// When letters come.
fn times(form: &Form, present: &LetterTimes) -> AnyView {
    view! {
        <h2>"When letters come"</h2>
        {form.field("daily_at", "Daily letter at").kind("time").value(&present.daily_at).short().hint("On a UK clock. It comes only where there is something to tell; what it would bring too late comes at once.").input()}
        <p class="muted">"In quiet hours no letter comes of what is ticked above, not even of a publication that fails: what happens then comes in one letter when they end. Leave both times empty for none."</p>
        <div class="field-row">
            {form.field("quiet_from", "Quiet hours from").optional().kind("time").value(&present.quiet_from).short().input()}
            {form.field("quiet_until", "Quiet hours until").optional().kind("time").value(&present.quiet_until).short().input()}
        </div>
    }
    .into_any()
}

/// The words of what is ticked, column by column: as it was sent, where that was refused, or as it is.
struct Chosen {
    in_portal: Vec<String>,
    by_mail: Vec<String>,
    daily: Vec<String>,
}

impl Chosen {
    fn of(form: &Form, choices: &[Choice]) -> Self {
        let ticked = |path: &str, is_ticked: fn(&Choice) -> bool| {
            let present = choices.iter().filter(|choice| is_ticked(choice));
            let present: Vec<String> = present.map(|choice| choice.kind.as_str().to_owned()).collect();
            form.chosen(path, &present)
        };
        Self {
            in_portal: ticked("in_portal", |choice| choice.in_portal),
            by_mail: ticked("by_mail", |choice| choice.by_mail),
            daily: ticked("daily", |choice| choice.daily),
        }
    }
}

fn row(kind: NotificationKind, chosen: &Chosen) -> AnyView {
    let (title, word) = (kind.title(), kind.as_str());
    let is_in = |list: &[String]| list.iter().any(|chosen| chosen == word);
    let letter = |name: &'static str, list: &[String], way: &str| {
        if kind.has_letters() {
            tick(name, word, is_in(list), format!("{title}, {way}"))
        } else {
            view! { <span class="muted">"no letters"</span> }.into_any()
        }
    };
    view! {
        <tr>
            <th scope="row" class="wrap-cell">{title}</th>
            <td>{tick("in_portal[]", word, is_in(&chosen.in_portal), format!("{title}, in the portal"))}</td>
            <td>{letter("by_mail[]", &chosen.by_mail, "by letter at once")}</td>
            <td>{letter("daily[]", &chosen.daily, "in the daily letter")}</td>
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
