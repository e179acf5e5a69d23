//! What the pictures say that other sites put beside links: the title of the page, its latest figure, and its dates.

use domain::language::Language;
use domain::link_card::{CardFigure, LinkCard};
use domain::release::CalendarEntry;
use domain::table::{Chart, figure, figure_at, latest, shared_places};
use domain::views::VersionPage;

use super::releases::date_words;
use crate::chart::{course, in_language, meaning_of};
use crate::i18n::{date, date_time, t, ta, text};

/// The picture of a version, and of the dataset or edition of which it is the latest.
#[must_use]
pub fn of_version(lang: Language, site_name: &str, page: &VersionPage) -> LinkCard {
    let metadata = page.dataset.shown();
    let edition = lang.pick(&page.edition.title, page.edition.title_cy.as_deref());
    let number = ta(lang, "version-n", &[("n", text(page.version.version.to_string()))]).to_lowercase();
    let released = page.version.metadata.release_date;
    let about = [
        Some(format!("{edition}, {number}")),
        released.map(|at| format!("{} {}", t(lang, "released"), date(lang, at))),
        Some(metadata.publisher.trim().to_owned()).filter(|publisher| !publisher.is_empty()),
    ];
    let chart = page.files.iter().find_map(|(_, sight)| sight.chart.clone());
    LinkCard {
        site_name: site_name.to_owned(),
        title: lang.pick(&metadata.title, metadata.title_cy.as_deref()).to_owned(),
        about: about.into_iter().flatten().collect(),
        figure: chart
            .and_then(|chart| headline(lang, in_language(chart.in_words(metadata.unit_of_measure.as_deref()), lang))),
    }
}

/// The picture of a release: where it stands, and when it came or will come.
#[must_use]
pub fn of_release(lang: Language, site_name: &str, entry: &CalendarEntry) -> LinkCard {
    let dated = match entry.published_at {
        Some(at) => vec![ta(lang, "release-published-at", &[("when", text(date_time(lang, at)))])],
        None => vec![
            t(lang, &format!("release-state-{}", entry.state)),
            format!("{}: {}", t(lang, "release-date"), date_words(lang, entry.date)),
        ],
    };
    LinkCard {
        site_name: site_name.to_owned(),
        title: lang.pick(&entry.details.title, entry.details.title_cy.as_deref()).to_owned(),
        about: [vec![t(lang, "releases-title")], dated].concat(),
        figure: None,
    }
}

/// The figure that opens the page, with how it is marked and its course; nothing where there is none.
fn headline(lang: Language, mut chart: Chart) -> Option<CardFigure> {
    let found = latest(&chart)?;
    // The line beside the figure is that of its series.
    chart.series = chart.series.into_iter().skip(found.at).take(1).collect();
    let places = found.previous_value.map(|before| shared_places(found.value, before, 0));
    let drawn = course(&chart).unwrap_or_default();
    let period = match found.marking {
        Some(marking) => format!("{} ({})", found.period, meaning_of(lang, marking)),
        None => found.period,
    };
    // A number of one series among several says nothing without its name; tables leave that of the whole blank.
    let series = found.series.map(|name| if name.trim().is_empty() { t(lang, "chart-whole") } else { name });
    let unit: Vec<String> = series.into_iter().chain(chart.unit).filter(|words| !words.trim().is_empty()).collect();
    Some(CardFigure {
        value: places.map_or_else(|| figure(found.value), |places| figure_at(found.value, places)),
        unit: unit.join(", "),
        period,
        course: drawn.into_iter().map(|(across, up)| (thousandths(across), up.map(thousandths))).collect(),
    })
}

/// A part of a whole in thousandths.
fn thousandths(part: f64) -> u32 {
    format!("{:.0}", part * 1000.0).parse().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use domain::release::{ReleaseDate, ReleaseDetails, ReleaseState};
    use domain::table::{ChartKind, Marking, Series};

    use super::*;

    fn named(label: &str, values: &[Option<f64>]) -> Series {
        Series { label: label.into(), values: values.to_vec(), ..Series::default() }
    }

    #[test]
    fn the_figure_is_the_latest_with_its_course() {
        let values = [Some(20.5), None, Some(10.0), Some(30.5), None];
        let chart = Chart {
            title: "Value".into(),
            unit: Some("per cent".into()),
            kind: ChartKind::Line,
            x_label: "Year".into(),
            x: (2020..2025).map(|year| year.to_string()).collect(),
            positions: (2020..2025).map(f64::from).collect(),
            selection: Vec::new(),
            series: vec![Series { values: values.to_vec(), ..Series::default() }],
            panels: None,
            ghost: None,
        };
        let shown = headline(Language::En, chart.clone()).expect("a figure");
        assert_eq!((shown.value.as_str(), shown.unit.as_str(), shown.period.as_str()), ("30.5", "per cent", "2023"));
        assert_eq!(shown.course, [(0, Some(512)), (250, None), (500, Some(0)), (750, Some(1000)), (1000, None)]);
        let mut marked = chart.clone();
        for series in &mut marked.series {
            series.markings = vec![(0, Marking::Revised), (3, Marking::Provisional)];
        }
        for (lang, period) in [(Language::En, "2023 (provisional)"), (Language::Cy, "2023 (dros dro)")] {
            assert_eq!(headline(lang, marked.clone()).map(|shown| shown.period).as_deref(), Some(period));
        }
        // Of several series the card names the one that its figure is of.
        let mut several = chart.clone();
        several.series = ["", "imports"].map(|name| named(name, &values)).to_vec();
        for (lang, unit) in [(Language::En, "All, per cent"), (Language::Cy, "Y cyfan, per cent")] {
            assert_eq!(headline(lang, several.clone()).map(|shown| shown.unit).as_deref(), Some(unit));
        }
        let months = Chart { x: (1..6).map(|day| format!("{day} August 2026")).collect(), ..chart.clone() };
        for (lang, period) in [(Language::En, "4 August 2026"), (Language::Cy, "4 Awst 2026")] {
            let shown = headline(lang, in_language(months.clone(), lang));
            assert_eq!(shown.map(|shown| shown.period).as_deref(), Some(period));
        }
        assert_eq!(headline(Language::En, Chart { kind: ChartKind::Bar, ..chart }), None);
    }

    #[test]
    fn a_release_says_where_it_stands_in_the_language_of_the_page() {
        let at: DateTime<Utc> = "2026-12-04T09:30:00Z".parse().expect("a time");
        let details =
            ReleaseDetails { title: "Prices".into(), title_cy: Some("Prisiau".into()), ..ReleaseDetails::default() };
        let entry = CalendarEntry {
            id: "prices".into(),
            details,
            state: ReleaseState::Postponed,
            date: ReleaseDate::At(at),
            changes: Vec::new(),
            announced_at: None,
            published_at: None,
        };
        let card = of_release(Language::En, "Catalogue", &entry);
        assert_eq!(card.about, ["Release calendar", "Postponed", "Release date: 4 December 2026, 9:30am"]);
        let published = CalendarEntry { state: ReleaseState::Published, published_at: Some(at), ..entry };
        let card = of_release(Language::Cy, "Catalogue", &published);
        assert_eq!(card.title, "Prisiau");
        assert_eq!(card.about.len(), 2, "{card:?}");
        assert!(card.about.iter().any(|line| line.contains("4 Rhagfyr 2026")), "{card:?}");
    }
}
