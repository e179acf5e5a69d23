//! Panels, headers and checklists.

use domain::bundle::readiness::{comes_later, is_advice};
use domain::views::{Check, Outcome};
use leptos::prelude::*;

/// A part of a page with a heading and perhaps a link beside it.
#[must_use]
pub fn panel(title: &str, wide: bool, link: Option<(&str, &str)>, content: AnyView) -> AnyView {
    named(None, title, wide, link, content)
}

/// The panel of a thing's history, to which a notice of a change leads.
#[must_use]
pub fn history_panel(link: Option<(&str, &str)>, content: AnyView) -> AnyView {
    named(Some("history"), "History", false, link, content)
}

/// The panel of a version's files, to which what has to be mended in them leads.
#[must_use]
pub fn files_panel(content: AnyView) -> AnyView {
    named(Some("files"), "Files", false, None, content)
}

/// The panel of what is said about a version, to which its address for programs leads.
#[must_use]
pub fn comments_panel(content: AnyView) -> AnyView {
    named(Some("comments"), "Comments", false, None, content)
}

fn named(id: Option<&'static str>, title: &str, wide: bool, link: Option<(&str, &str)>, content: AnyView) -> AnyView {
    let title = title.to_owned();
    let link = link.map(|(text, href)| {
        let (text, href) = (text.to_owned(), href.to_owned());
        view! { <a href=href>{text}</a> }
    });
    let class = if wide { "panel panel--wide" } else { "panel" };
    view! {
        <section class=class id=id>
            <header class="panel__head"><h2 class="panel__title">{title}</h2>{link}</header>
            {content}
        </section>
    }
    .into_any()
}

/// The head of an object's page: what it is, where it stands and the one thing to do next.
#[must_use]
pub fn object_header(kind: &str, title: &str, meta: AnyView, actions: Option<AnyView>) -> AnyView {
    let (kind, title) = (kind.to_owned(), title.to_owned());
    let kind = (!kind.is_empty()).then(|| view! { <p class="object-header__kind">{kind}</p> });
    let actions = actions.map(|actions| view! { <div class="object-header__actions">{actions}</div> });
    view! {
        <header class="object-header">
            <div class="object-header__text">
                {kind}
                <h1 class="object-header__title">{title}</h1>
                <p class="meta">{meta}</p>
            </div>
            {actions}
        </header>
    }
    .into_any()
}

/// Something that is taken away, in two steps without any script: the first says what would happen, the second does it.
pub struct Confirmed<'a> {
    /// What is done, on both buttons.
    pub words: &'static str,
    /// To what, read out where the page has several alike; empty where it has one.
    pub about: &'a str,
    /// What would happen, in a sentence.
    pub note: &'static str,
    /// Where the form posts to.
    pub action: &'a str,
    /// Its hidden fields.
    pub fields: AnyView,
}

impl Confirmed<'_> {
    /// The disclosure with its form.
    #[must_use]
    pub fn view(self) -> AnyView {
        let Self { words, about, note, action, fields } = self;
        let about = if about.is_empty() { String::new() } else { format!(": {about}") };
        let action = action.to_owned();
        view! {
            <details class="details details--confirm">
                <summary>{words}<span class="visually-hidden">{about.clone()}</span></summary>
                <form class="details__body stack stack--tight" method="post" action=action>
                    {fields}
                    <p class="small">{note}</p>
                    <button class="button button--warning button--small">{words}<span class="visually-hidden">{about}</span></button>
                </form>
            </details>
        }
        .into_any()
    }
}

/// Parts of a page, each with an address: text, address, and whether it is shown.
#[must_use]
pub fn tabs(label: &str, links: Vec<(String, String, bool)>) -> AnyView {
    let label = label.to_owned();
    let links: Vec<AnyView> = links
        .into_iter()
        .map(|(text, href, current)| {
            view! { <li><a href=href aria-current=current.then_some("page")>{text}</a></li> }.into_any()
        })
        .collect();
    view! { <nav class="tabs" aria-label=label><ul>{links}</ul></nav> }.into_any()
}

/// A share in percent as a bar with its number.
#[must_use]
pub fn progress(percent: u8, label: &str) -> AnyView {
    let label = label.to_owned();
    view! {
        <span class="share"><progress class="share__bar" max="100" value=percent aria-label=label></progress>" "<span class="share__n">{format!("{percent}%")}</span></span>
    }
    .into_any()
}

/// How checks came out, in words: "9 passed, 2 to look at".
#[must_use]
pub fn check_counts(checks: &[Check]) -> String {
    let of = |outcome: Outcome| checks.iter().filter(|check| check.outcome == outcome).count();
    let mut words = vec![format!("{} passed", of(Outcome::Pass))];
    if of(Outcome::Warn) > 0 {
        words.push(format!("{} to look at", of(Outcome::Warn)));
    }
    if of(Outcome::Fail) > 0 {
        words.push(format!("{} to mend", of(Outcome::Fail)));
    }
    words.join(", ")
}

/// Checks, each with how it came out and where it is mended.
#[must_use]
pub fn checklist(checks: &[Check]) -> AnyView {
    checklist_at("", checks)
}

/// The same on the page at this path, to which no link leads: what can be done there stands on it.
#[must_use]
pub fn checklist_at(here: &str, checks: &[Check]) -> AnyView {
    let items: Vec<AnyView> = checks
        .iter()
        .map(|check| {
            let (modifier, note) = match check.outcome {
                Outcome::Pass => ("pass", "Passed"),
                Outcome::Warn if comes_later(check) => ("warn", "Not yet"),
                Outcome::Warn if is_advice(check) => ("warn", "Advice"),
                Outcome::Warn => ("warn", "To look at"),
                Outcome::Fail => ("fail", "To mend"),
            };
            let text = check.message.clone();
            let fix = check.fix_url.clone().filter(|href| href != here);
            let fix = fix.map(|href| view! { " "<a href=href>"Mend it"</a> });
            view! {
                <li class=format!("check check--{modifier}")>
                    <span class="check__text">{text}{fix}</span><span class="check__note">{note}</span>
                </li>
            }
            .into_any()
        })
        .collect();
    view! { <ul class="checklist">{items}</ul> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_says_whether_it_asks_for_something_and_leads_to_no_page_that_one_is_on() {
        let check = |name: &str, outcome, fix: &str| Check {
            name: name.to_owned(),
            outcome,
            message: format!("Of {name}."),
            fix_url: Some(fix.to_owned()),
        };
        let (here, there) = ("/admin/bundles/b", "/admin/datasets/d");
        let checks = [
            check("metadata_recommended", Outcome::Warn, there),
            check("approved", Outcome::Warn, here),
            check("predecessors_free", Outcome::Warn, there),
            check("files_present", Outcome::Fail, there),
        ];
        let html = checklist_at(here, &checks).to_html().replace("<!>", "");
        let told: Vec<(&str, bool)> = html
            .split("<li ")
            .skip(1)
            .map(|item| {
                let note = item.split("check__note\">").nth(1).and_then(|rest| rest.split('<').next());
                (note.unwrap_or_default(), item.contains("Mend it"))
            })
            .collect();
        assert_eq!(told, [("Advice", true), ("Not yet", false), ("To look at", true), ("To mend", true)]);
    }
}
