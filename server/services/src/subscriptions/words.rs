//! The words of letters to subscribers, in English and Welsh.

use domain::language::Language;
use domain::subscription::{Target, TargetView};

/// What the letter says that asks to confirm.
pub(super) struct ToConfirm {
    pub subject: String,
    pub asked: String,
    pub press: &'static str,
    pub until: &'static str,
    pub otherwise: &'static str,
}

/// The words that ask to confirm a subscription to `about` at `site`.
pub(super) fn to_confirm(language: Language, site: &str, about: &TargetView) -> ToConfirm {
    let what = named(language, about);
    match language {
        Language::En => ToConfirm {
            subject: format!("{site}: confirm that you want our letters"),
            asked: format!("Somebody, probably you, asked {site} to write to this address about {what}."),
            press: "Confirm that you want these letters",
            until: "The link works for 48 hours and leads to a page with one button.",
            otherwise: "If it was not you, do nothing: no other letter follows, and the address is forgotten.",
        },
        Language::Cy => ToConfirm {
            subject: format!("{site}: cadarnhewch eich bod am gael ein llythyrau"),
            asked: format!("Gofynnodd rhywun, chi mae'n debyg, i {site} ysgrifennu at y cyfeiriad hwn am {what}."),
            press: "Cadarnhau eich bod am gael y llythyrau hyn",
            until: "Mae'r ddolen yn gweithio am 48 awr ac yn arwain at dudalen ag un botwm.",
            otherwise: "Os nad chi oedd hynny, peidiwch â gwneud dim: ni ddaw llythyr arall, ac anghofir y cyfeiriad.",
        },
    }
}

/// What is subscribed to, within a sentence. Anybody can have this sent to any address, so it says no words of a search: they are
/// on the page that the link leads to.
fn named(language: Language, about: &TargetView) -> String {
    let title = language.pick(&about.title, about.title_cy.as_deref());
    match (&about.target, language) {
        (Target::Everything, Language::En) => "every release".to_owned(),
        (Target::Everything, Language::Cy) => "bob datganiad".to_owned(),
        (Target::Topic(_), Language::En) => format!("releases on the topic “{title}”"),
        (Target::Topic(_), Language::Cy) => format!("ddatganiadau ar y pwnc “{title}”"),
        (Target::Search(_), Language::En) => "new figures for a search".to_owned(),
        (Target::Search(_), Language::Cy) => "ffigurau newydd ar gyfer chwiliad".to_owned(),
        (Target::Dataset(_), Language::En) => format!("releases of “{title}”"),
        (Target::Dataset(_), Language::Cy) => format!("ddatganiadau o “{title}”"),
    }
}

/// What the letter about a publication says beside what became public.
pub(super) struct OfNews {
    pub subject: String,
    pub opening: &'static str,
    pub changes: &'static str,
    pub more: Option<String>,
    pub why: &'static str,
    pub stop: &'static str,
}

/// The words about so many versions that became public, the first of them called `title`.
pub(super) fn of_news(language: Language, site: &str, title: &str, others: usize, more: usize) -> OfNews {
    match language {
        Language::En => OfNews {
            subject: match others {
                0 => format!("New from {site}: {title}"),
                1 => format!("New from {site}: {title} and 1 other"),
                _ => format!("New from {site}: {title} and {others} others"),
            },
            opening: "This has just been published:",
            changes: "What is new",
            more: (more > 0).then(|| format!("And {more} more, which you find at {site}.")),
            why: "You get this letter because you confirmed that you want to be told.",
            stop: "Stop these letters, or see what else you are told of",
        },
        Language::Cy => OfNews {
            subject: match others {
                0 => format!("Newydd gan {site}: {title}"),
                _ => format!("Newydd gan {site}: {title} a {others} arall"),
            },
            opening: "Mae hyn newydd gael ei gyhoeddi:",
            changes: "Beth sy'n newydd",
            more: (more > 0).then(|| format!("A {more} arall, a welwch yn {site}.")),
            why: "Rydych yn cael y llythyr hwn am ichi gadarnhau eich bod am gael gwybod.",
            stop: "Atal y llythyrau hyn, neu weld beth arall yr ydych yn cael gwybod amdano",
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_a_search_are_not_in_a_letter_that_nobody_asked_for() {
        let about = TargetView {
            target: Target::Search("q=https%3A%2F%2Fevil.example&formats=%0A%0Aevil".to_owned()),
            title: "https://evil.example".to_owned(),
            title_cy: None,
            narrowed: Vec::new(),
        };
        for (language, said) in [(Language::En, "new figures for a search"), (Language::Cy, "chwiliad")] {
            let words = to_confirm(language, "Statistics", &about);
            assert!(words.asked.contains(said) && !words.asked.contains("evil"), "{}", words.asked);
        }
    }
}
