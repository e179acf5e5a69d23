//! Pages of words: help, cookies, privacy, terms, whom to ask.

use leptos::prelude::*;

use super::laid_out;
use crate::i18n::t;
use crate::layout::site::{Frame, Shown, page};

/// How to find, read, compare, follow and cite figures.
#[component]
pub fn Help() -> impl IntoView {
    let frame = Frame::of_visit(true);
    let parts = [
        ("help-find", "help-find-text", "/search", "nav-search"),
        ("help-read", "help-read-text", "/catalogue", "register-title"),
        ("help-trust", "help-trust-text", "/corrections", "corrections-title"),
        ("help-versions", "help-versions-text", "/publication-log", "log-title"),
        ("help-explore", "help-explore-text", "/developers", "footer-developers"),
        ("help-follow", "help-follow-text", "/feeds", "feeds-title"),
        ("help-ask", "help-ask-text", "/feedback", "feedback-title"),
    ];
    sections(&frame, ("help-title", "help-lead"), &parts, None)
}

/// Something that the site may keep in a browser, with the keys of its words.
struct Kept {
    /// Its name, or how its names begin.
    name: &'static str,
    kind: &'static str,
    why: &'static str,
    how_long: &'static str,
}

/// Everything that the site may keep in a browser; tests read the scripts and the server's names of cookies, and find nothing else.
const KEPT: [Kept; 10] = [
    Kept {
        name: "catalogue_session",
        kind: "cookies-cookie",
        why: "cookies-session-why",
        how_long: "cookies-session-how-long",
    },
    Kept {
        name: "catalogue_device",
        kind: "cookies-cookie",
        why: "cookies-device-why",
        how_long: "cookies-device-how-long",
    },
    Kept {
        name: "catalogue_person",
        kind: "cookies-cookie",
        why: "cookies-person-why",
        how_long: "cookies-person-how-long",
    },
    Kept { name: "theme", kind: "cookies-storage", why: "cookies-theme-why", how_long: "cookies-theme-how-long" },
    Kept { name: "draft:…", kind: "cookies-storage", why: "cookies-draft-why", how_long: "cookies-draft-how-long" },
    Kept { name: "session-seen", kind: "cookies-storage", why: "cookies-seen-why", how_long: "cookies-seen-how-long" },
    Kept { name: "session-over", kind: "cookies-storage", why: "cookies-over-why", how_long: "cookies-seen-how-long" },
    Kept {
        name: "upload:…", kind: "cookies-storage", why: "cookies-upload-why", how_long: "cookies-upload-how-long"
    },
    Kept { name: "portal-keys", kind: "cookies-storage", why: "cookies-keys-why", how_long: "cookies-portal-how-long" },
    Kept {
        name: "portal-density",
        kind: "cookies-storage",
        why: "cookies-density-why",
        how_long: "cookies-portal-how-long",
    },
];

/// What this site keeps in a browser.
#[component]
pub fn Cookies() -> impl IntoView {
    let frame = Frame::of_visit(true);
    let lang = frame.lang;
    let rows = KEPT.map(|kept| {
        view! {
            <tr>
                <th scope="row" class="mono">{kept.name}</th><td>{t(lang, kept.kind)}</td>
                <td>{t(lang, kept.why)}</td><td>{t(lang, kept.how_long)}</td>
            </tr>
        }
    });
    let table = view! {
        <div class="table-scroll" tabindex="0" role="region" aria-labelledby="cookies-caption">
            <table class="table">
                {laid_out::caption("cookies-caption", t(lang, "cookies-caption").into_any(), None)}
                <thead>
                    <tr>
                        <th scope="col">{t(lang, "cookies-name")}</th><th scope="col">{t(lang, "cookies-kind")}</th>
                        <th scope="col">{t(lang, "cookies-why")}</th><th scope="col">{t(lang, "cookies-how-long")}</th>
                    </tr>
                </thead>
                <tbody>{rows.into_iter().collect_view()}</tbody>
            </table>
        </div>
    };
    let parts = [("cookies-none", "cookies-none-text", "/privacy", "privacy-title")];
    sections(&frame, ("cookies-title", "cookies-lead"), &parts, Some(table.into_any()))
}

/// What is kept of those who visit.
#[component]
pub fn Privacy() -> impl IntoView {
    let frame = Frame::of_visit(true);
    let parts = of_privacy(rpc::request::visit().by_mail);
    sections(&frame, ("privacy-title", "privacy-lead"), &parts, None)
}

/// What is said of those who visit; of letters only where the site sends any.
fn of_privacy(by_mail: bool) -> Vec<Part> {
    let letters = ("privacy-letters", "privacy-letters-text", "/subscribe", "footer-subscribe");
    let mut parts = vec![
        ("privacy-visits", "privacy-visits-text", "/cookies", "cookies-title"),
        ("privacy-searches", "privacy-searches-text", "/search", "search-title"),
        ("privacy-uses", "privacy-uses-text", "/topics", "topics-title"),
        ("privacy-kept", "privacy-kept-text", "/catalogue", "register-title"),
    ];
    parts.extend(by_mail.then_some(letters));
    parts.extend([
        ("privacy-feedback", "privacy-feedback-text", "/feedback", "feedback-title"),
        ("privacy-staff", "privacy-staff-text", "/about", "about-title"),
    ]);
    parts
}

/// What everybody may do with the figures and the site.
#[component]
pub fn Terms() -> impl IntoView {
    let frame = Frame::of_visit(true);
    let parts = [
        ("terms-figures", "terms-figures-text", "/catalogue", "register-title"),
        ("terms-name", "terms-name-text", "/help", "help-title"),
        ("terms-rely", "terms-rely-text", "/corrections", "corrections-title"),
        ("terms-programs", "terms-programs-text", "/developers", "footer-developers"),
        ("terms-site", "terms-site-text", "/status", "status-title"),
        ("terms-kept", "terms-kept-text", "/privacy", "privacy-title"),
    ];
    sections(&frame, ("terms-title", "terms-lead"), &parts, None)
}

/// Whom to ask about what.
#[component]
pub fn Contact() -> impl IntoView {
    let frame = Frame::of_visit(true);
    let parts = [
        ("contact-figures", "contact-figures-text", "/catalogue", "register-title"),
        ("contact-site", "contact-site-text", "/feedback", "feedback-title"),
        ("contact-barrier", "contact-barrier-text", "/accessibility", "accessibility-title"),
        ("contact-down", "contact-down-text", "/status", "status-title"),
    ];
    let letters = rpc::request::visit().contact.map(|address| {
        let href = format!("mailto:{address}");
        view! { <p>{t(frame.lang, "contact-letters")}" "<a href=href>{address.to_string()}</a></p> }.into_any()
    });
    sections(&frame, ("contact-title", "contact-lead"), &parts, letters)
}

/// The keys of a heading and of its words, where its link leads, and the key of the link's words.
type Part = (&'static str, &'static str, &'static str, &'static str);

/// A page of short sections, each with the link that it speaks of.
fn sections(frame: &Frame, (title, lead): (&str, &str), parts: &[Part], more: Option<AnyView>) -> AnyView {
    let lang = frame.lang;
    let parts: Vec<AnyView> = parts
        .iter()
        .map(|(heading, words, href, link)| {
            view! { <h2>{t(lang, heading)}</h2><p>{t(lang, words)}" "<a href=frame.href(href)>{t(lang, link)}</a></p> }
                .into_any()
        })
        .collect();
    let content = view! {
        <header class="page-title"><h1>{t(lang, title)}</h1><p class="lead">{t(lang, lead)}</p></header>
        {more}
        <div class="prose section">{parts}</div>
    };
    page(frame, "", Shown { title: t(lang, title), description: t(lang, lead), content: content.into_any() })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::{KEPT, of_privacy};

    #[test]
    fn letters_are_spoken_of_only_where_the_site_sends_any() {
        let leads = |by_mail| of_privacy(by_mail).iter().any(|(_, _, href, _)| *href == "/subscribe");
        assert!(leads(true) && !leads(false));
        assert_eq!(of_privacy(true).len(), of_privacy(false).len() + 1);
    }

    /// The files that keep something in a browser, each with the names that it keeps it under.
    const KEEPERS: [(&str, &[&str]); 5] = [
        ("../public/kept.js", &["draft:…", "session-seen", "session-over"]),
        ("../public/portal-keys.js", &["portal-keys", "portal-density"]),
        ("../public/upload.js", &["upload:…"]),
        ("src/islands/theme_switch.rs", &["theme"]),
        ("src/shell.rs", &["theme"]),
    ];

    fn keepers(folder: &Path, ending: &str, found: &mut BTreeSet<String>) {
        for path in std::fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path()) {
            let is_wanted = path.extension().is_some_and(|other| other == ending);
            if path.is_dir() {
                keepers(&path, ending, found);
            } else if is_wanted && !path.ends_with("words.rs") {
                let code = std::fs::read_to_string(&path).unwrap();
                let stores = [
                    "localStorage",
                    "local_storage",
                    "sessionStorage",
                    "session_storage",
                    "indexedDB",
                    "document.cookie",
                ];
                if stores.iter().any(|store| code.contains(store)) {
                    found.insert(path.to_str().unwrap().to_owned());
                }
            }
        }
    }

    #[test]
    fn the_page_of_cookies_names_every_cookie_of_the_server() {
        const NAMED: &str = "_COOKIE: &str = \"";
        let mut set = BTreeSet::new();
        for path in std::fs::read_dir("../server/src/http").unwrap().flatten().map(|entry| entry.path()) {
            if path.extension().is_some_and(|ending| ending == "rs") {
                let code = std::fs::read_to_string(&path).unwrap();
                let names = code.split(NAMED).skip(1).filter_map(|rest| rest.split('"').next());
                set.extend(names.map(ToOwned::to_owned));
            }
        }
        let told = KEPT.iter().filter(|kept| kept.kind == "cookies-cookie").map(|kept| kept.name.to_owned());
        assert_eq!(set, told.collect());
    }

    #[test]
    fn the_page_of_cookies_names_everything_that_a_script_keeps() {
        let mut found = BTreeSet::new();
        keepers(Path::new("../public"), "js", &mut found);
        keepers(Path::new("src"), "rs", &mut found);
        assert_eq!(found, KEEPERS.iter().map(|(path, _)| (*path).to_owned()).collect());
        for (path, names) in KEEPERS {
            let code = std::fs::read_to_string(path).unwrap();
            for name in names {
                assert!(KEPT.iter().any(|kept| kept.name == *name), "{name} is not on the page");
                let written = name.trim_end_matches('…').trim_start_matches("portal-");
                // A name that goes on begins a longer text, in which something may be filled in.
                let begins = ['"', '`', '\''].map(|quote| format!("{quote}{written}"));
                assert!(begins.iter().any(|begins| code.contains(begins)), "{path} does not keep {written}");
            }
        }
        // The choices of the portal are made in one place, by their names.
        let portal = std::fs::read_to_string("../public/portal-keys.js").unwrap();
        let chosen: BTreeSet<&str> =
            portal.split("chosen(\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert_eq!(chosen, BTreeSet::from(["density", "keys"]));
    }
}
