//! The words around a chart, in the language of its page.

use chrono::{DateTime, Utc};
use domain::language::Language;
use domain::table::{Chart, Interval, Marking, Panels, Series, figure};

use crate::components::written::{self, Written};
use crate::i18n::{date, is_period, named_period, t, ta, text};

/// What is said around a chart.
#[derive(Clone, Copy, Debug)]
pub(super) struct Words {
    language: Language,
}

impl Words {
    pub(super) const fn of(language: Language) -> Self {
        Self { language }
    }

    fn with(self, key: &str, texts: &[(&str, &str)]) -> String {
        let arguments: Vec<_> = texts.iter().map(|(name, value)| (*name, text(*value))).collect();
        ta(self.language, key, &arguments)
    }

    pub(super) fn cut_axis(self) -> String {
        t(self.language, "chart-cut-axis")
    }

    pub(super) fn show_table(self) -> String {
        t(self.language, "chart-show-table")
    }

    /// What stands in place of a figure.
    pub(super) fn missing(self) -> String {
        t(self.language, "chart-missing")
    }

    pub(super) fn stacked(self) -> String {
        t(self.language, "chart-stacked")
    }

    pub(super) fn gaps(self) -> String {
        t(self.language, "chart-gaps")
    }

    pub(super) fn same_scales(self) -> String {
        t(self.language, "chart-same-scales")
    }

    /// What a series without a name is called: tables leave the name of the whole blank.
    pub(super) fn whole(self) -> String {
        t(self.language, "chart-whole")
    }

    /// What the columns of bounds are called.
    pub(super) fn bounds(self) -> [String; 2] {
        [t(self.language, "chart-lower"), t(self.language, "chart-upper")]
    }

    /// How a chart is read with the keyboard, where scripts run.
    pub(super) fn read(self) -> String {
        t(self.language, "chart-read")
    }

    /// Where the figures of periods are that the table leaves out.
    pub(super) fn earlier(self) -> String {
        t(self.language, "chart-earlier")
    }

    /// The mark of a name from the table, which is in English, on a page in another language.
    pub(super) fn mark(self, name: &str) -> Option<&'static str> {
        let is_own = name == self.whole() || is_period(self.language, name);
        if is_own { None } else { written::mark(self.language, name, Language::En) }
    }

    /// What the table says, or a period of it, with its mark.
    pub(super) fn written(self, name: impl Into<String>) -> Written {
        let text = name.into();
        Written { lang: self.mark(&text), text }
    }

    /// Names the periods below an axis in the language of the page.
    pub(super) fn name_ticks(self, ticks: &mut [(f64, String)]) {
        for (_, label) in ticks {
            if let Some(named) = named_period(self.language, label) {
                *label = named;
            }
        }
    }

    /// That only the latest periods are shown.
    pub(super) fn latest(self, periods: usize) -> String {
        self.with("chart-latest", &[("periods", periods.to_string().as_str())])
    }

    /// What a series does, for those who hear the chart.
    pub(super) fn course(self, label: &str, first: (&str, &str), last: (&str, &str)) -> String {
        let ((from, start), (to, end)) = (first, last);
        let texts = [("label", label), ("start", start), ("from", from), ("end", end), ("to", to)];
        self.with("chart-course", &texts)
    }

    /// What one series of a chart does; nothing where it has no value.
    pub(super) fn of_series(self, chart: &Chart, series: &Series) -> String {
        let mut known =
            chart.x.iter().zip(&series.values).filter_map(|(x, value)| value.map(|value| (x, figure(value))));
        let Some((from, start)) = known.next() else { return String::new() };
        let (to, end) = known.next_back().unwrap_or((from, start.clone()));
        self.course(&series.label, (from, &start), (to, &end))
    }

    /// Which of all panels are shown.
    pub(super) fn panels(self, panels: &Panels, shown: usize) -> String {
        let (first, last, total) = (panels.first, panels.first + shown.max(1) - 1, panels.total.to_string());
        if shown == panels.total {
            return self.with("chart-panels-all", &[("total", total.as_str())]);
        }
        let texts = [("first", first.to_string()), ("last", last.to_string()), ("total", total)];
        self.with("chart-panels", &texts.each_ref().map(|(name, value)| (*name, value.as_str())))
    }

    /// What the band behind a line, or the thin line over a bar, shows.
    pub(super) fn interval(self, interval: &Interval, is_band: bool) -> String {
        let drawn = if is_band { "band" } else { "whisker" };
        let level = interval.level.as_ref().map(|level| format!("{level}%"));
        match (interval.is_confidence, level) {
            (true, Some(level)) => self.with(&format!("chart-{drawn}-confidence-at"), &[("level", level.as_str())]),
            (true, None) => t(self.language, &format!("chart-{drawn}-confidence")),
            (false, Some(level)) => self.with(&format!("chart-{drawn}-at"), &[("level", level.as_str())]),
            (false, None) => t(self.language, &format!("chart-{drawn}-bounds")),
        }
    }

    /// Two bounds in a row.
    pub(super) fn between(self, lower: &str, upper: &str) -> String {
        self.with("chart-between", &[("lower", lower), ("upper", upper)])
    }

    /// A version by its number.
    pub(super) fn version(self, number: u32) -> String {
        self.with("version-n", &[("n", number.to_string().as_str())])
    }

    /// A version by its number and the day on which it was published.
    pub(super) fn published(self, number: u32, at: Option<DateTime<Utc>>) -> String {
        let version = self.version(number);
        match at.map(|at| date(self.language, at)) {
            Some(day) => self.with("chart-published", &[("version", version.as_str()), ("day", day.as_str())]),
            None => version,
        }
    }

    /// With what figures are marked.
    pub(super) fn marked(self, markings: &[Marking]) -> String {
        self.with("chart-marked", &[("list", self.markings(markings).as_str())])
    }

    /// What stands in the table in place of figures.
    pub(super) fn gaps_marked(self, markings: &[Marking]) -> String {
        self.with("chart-gaps-marked", &[("list", self.markings(markings).as_str())])
    }

    /// Markings with what they mean.
    fn markings(self, markings: &[Marking]) -> String {
        let one = |marking: &Marking| format!("[{marking}] {}", meaning_of(self.language, *marking));
        markings.iter().map(one).collect::<Vec<_>>().join(", ")
    }

    /// The lowest and highest sum of the parts.
    pub(super) fn together(self, lowest: &str, highest: &str) -> String {
        self.with("chart-together", &[("lowest", lowest), ("highest", highest)])
    }

    /// The lowest and highest figure.
    pub(super) fn range(self, lowest: &str, highest: &str) -> String {
        self.with("chart-range", &[("lowest", lowest), ("highest", highest)])
    }
}

/// What a marking means.
#[must_use]
pub fn meaning_of(language: Language, marking: Marking) -> String {
    t(language, key_of(marking))
}

/// The message that says what a marking means.
const fn key_of(marking: Marking) -> &'static str {
    match marking {
        Marking::Break => "chart-marking-break",
        Marking::Confidential => "chart-marking-confidential",
        Marking::Estimated => "chart-marking-estimated",
        Marking::Forecast => "chart-marking-forecast",
        Marking::Low => "chart-marking-low",
        Marking::Provisional => "chart-marking-provisional",
        Marking::Revised => "chart-marking-revised",
        Marking::Unreliable => "chart-marking-unreliable",
        Marking::NoneRecorded => "chart-marking-none-recorded",
        Marking::NotAvailable => "chart-marking-not-available",
        Marking::NotApplicable => "chart-marking-not-applicable",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn panels(first: usize) -> Panels {
        Panels { by: "Area".into(), first, total: 30, range: (0.0, 1.0) }
    }

    #[test]
    fn every_kind_of_interval_and_panels_has_words_in_both_languages() {
        for language in [Language::En, Language::Cy] {
            let words = Words::of(language);
            let panels = panels(1);
            let mut said = Vec::new();
            for (is_confidence, level) in [(true, Some("95")), (true, None), (false, Some("95")), (false, None)] {
                let interval = Interval { is_confidence, level: level.map(Into::into), bounds: Vec::new() };
                said.extend([true, false].map(|is_band| words.interval(&interval, is_band)));
            }
            said.extend([6, 30].map(|shown| words.panels(&panels, shown)));
            said.push(words.course("Wales", ("2023", "1"), ("2024", "2")));
            said.push(words.published(2, None));
            for one in &said {
                assert!(!one.contains("chart-") && !one.contains('$'), "{one}");
            }
            let all = said.len();
            said.sort();
            said.dedup();
            assert_eq!(said.len(), all, "{said:?}");
        }
        let english = Words::of(Language::En);
        assert_eq!(english.panels(&panels(7), 6), "Panels 7 to 12 of 30.");
        assert_eq!(english.course("Wales", ("2023", "1"), ("2024", "2")), "Wales: 1 in 2023, 2 in 2024.");
    }
}
