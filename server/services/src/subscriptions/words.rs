//! The words of letters to subscribers, in English and Welsh.

use domain::language::Language;
use domain::subscription::{Narrowing, Target, TargetView};

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

/// What is subscribed to, within a sentence.
pub(super) fn named(language: Language, about: &TargetView) -> String {
    let title = language.pick(&about.title, about.title_cy.as_deref());
    match (&about.target, language) {
        (Target::Everything, Language::En) => "every release".to_owned(),
        (Target::Everything, Language::Cy) => "bob datganiad".to_owned(),
        (Target::Topic(_), Language::En) => format!("releases on the topic “{title}”"),
        (Target::Topic(_), Language::Cy) => format!("ddatganiadau ar y pwnc “{title}”"),
        (Target::Search(_), Language::En) => format!("new figures for the search {}", searched(language, about)),
        (Target::Search(_), Language::Cy) => {
            format!("ffigurau newydd ar gyfer y chwiliad {}", searched(language, about))
        }
        (Target::Dataset(_), Language::En) => format!("releases of “{title}”"),
        (Target::Dataset(_), Language::Cy) => format!("ddatganiadau o “{title}”"),
    }
}

/// The words and filters of a search, such as `“gas”; format: CSV`.
fn searched(language: Language, about: &TargetView) -> String {
    let words = (!about.title.is_empty()).then(|| format!("“{}”", about.title));
    let filters = about.narrowed.chunk_by(|one, other| one.filter == other.filter).map(|chosen| {
        let values: Vec<String> = chosen.iter().map(|one| value(language, one)).collect();
        let name = chosen.first().map(|one| filter(language, &one.filter)).unwrap_or_default();
        format!("{name}: {}", values.join(", "))
    });
    words.into_iter().chain(filters).collect::<Vec<_>>().join("; ")
}

fn filter(language: Language, name: &str) -> &str {
    match (name, language) {
        ("topics", Language::En) => "topic",
        ("topics", Language::Cy) => "pwnc",
        ("formats", Language::En) => "format",
        ("formats", Language::Cy) => "fformat",
        ("years", Language::En) => "year of release",
        ("years", Language::Cy) => "blwyddyn rhyddhau",
        ("frequency", Language::En) => "how often released",
        ("frequency", Language::Cy) => "pa mor aml y'i rhyddheir",
        ("designation", Language::En) => "quality",
        ("designation", Language::Cy) => "ansawdd",
        ("geography", Language::En) => "place",
        ("geography", Language::Cy) => "lle",
        ("publishers", Language::En) => "publisher",
        ("publishers", Language::Cy) => "cyhoeddwr",
        ("departments", Language::En) => "department",
        ("departments", Language::Cy) => "adran",
        ("has_chart", Language::En) => "with a chart",
        ("has_chart", Language::Cy) => "â siart",
        (other, _) => other,
    }
}

fn value(language: Language, one: &Narrowing) -> String {
    let of_filter = match (one.filter.as_str(), one.value.as_str(), language) {
        ("has_chart", "true", Language::En) => Some("yes"),
        ("has_chart", "true", Language::Cy) => Some("oes"),
        ("has_chart", _, Language::En) => Some("no"),
        ("has_chart", _, Language::Cy) => Some("nac oes"),
        ("designation", "accredited-official", Language::En) => Some("accredited official statistics"),
        ("designation", "accredited-official", Language::Cy) => Some("ystadegau swyddogol achrededig"),
        ("designation", "official", Language::En) => Some("official statistics"),
        ("designation", "official", Language::Cy) => Some("ystadegau swyddogol"),
        ("designation", "official-in-development", Language::En) => Some("official statistics in development"),
        ("designation", "official-in-development", Language::Cy) => {
            Some("ystadegau swyddogol wrthi'n cael eu datblygu")
        }
        ("designation", "no-accreditation", Language::En) => Some("not official statistics"),
        ("designation", "no-accreditation", Language::Cy) => Some("nid ystadegau swyddogol"),
        _ => None,
    };
    of_filter.map_or_else(|| language.pick(&one.label, one.label_cy.as_deref()).to_owned(), str::to_owned)
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
    fn a_search_is_said_in_words() {
        let chosen = |filter: &str, value: &str, label: &str, label_cy: Option<&str>| Narrowing {
            filter: filter.to_owned(),
            value: value.to_owned(),
            label: label.to_owned(),
            label_cy: label_cy.map(str::to_owned),
        };
        let mut about = TargetView {
            target: Target::Search("q=gas&topics=prices&topics=trade&designation=official".to_owned()),
            title: "gas".to_owned(),
            title_cy: None,
            narrowed: vec![
                chosen("topics", "prices", "Prices", Some("Prisiau")),
                chosen("topics", "trade", "Trade", None),
                chosen("designation", "official", "official", None),
            ],
        };
        assert_eq!(
            named(Language::En, &about),
            "new figures for the search “gas”; topic: Prices, Trade; quality: official statistics"
        );
        assert_eq!(
            named(Language::Cy, &about),
            "ffigurau newydd ar gyfer y chwiliad “gas”; pwnc: Prisiau, Trade; ansawdd: ystadegau swyddogol"
        );
        about.title = String::new();
        about.narrowed = vec![chosen("has_chart", "true", "true", None)];
        assert_eq!(named(Language::En, &about), "new figures for the search with a chart: yes");
    }

    #[test]
    fn every_filter_of_the_search_has_a_name() {
        for name in domain::catalogue::FILTERS {
            assert_ne!(filter(Language::En, name), filter(Language::Cy, name), "{name}");
        }
    }
}
