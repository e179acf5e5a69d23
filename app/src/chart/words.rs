//! The words around a chart in both languages.

use chrono::{DateTime, Utc};
use domain::language::Language;
use domain::table::{Chart, Interval, Marking, Panels, Series, figure};

use crate::components::written;
use crate::i18n::date;

/// The fixed words of a chart.
#[derive(Clone, Copy, Debug)]
pub(super) struct Words {
    language: Language,
    pub cut_axis: &'static str,
    pub show_table: &'static str,
    pub missing: &'static str,
    pub stacked: &'static str,
    pub gaps: &'static str,
    pub same_scales: &'static str,
    /// What a series without a name is called: tables leave the name of the whole blank.
    pub whole: &'static str,
    /// What the columns of bounds are called.
    pub lower: &'static str,
    pub upper: &'static str,
    /// How a chart is read with the keyboard, where scripts run.
    pub read: &'static str,
    /// Where the figures of periods are that the table leaves out.
    pub earlier: &'static str,
}

impl Words {
    pub(super) const fn of(language: Language) -> Self {
        match language {
            Language::En => Self {
                language,
                cut_axis: "The vertical axis does not start at zero.",
                show_table: "Show these figures as a table",
                missing: "no value",
                stacked: "The parts are stacked: the upper edge is their sum.",
                gaps: "Nothing is drawn where a part has no value.",
                same_scales: "All panels are on the same scales.",
                whole: "All",
                lower: "lower bound",
                upper: "upper bound",
                read: "Arrow keys read the figures.",
                earlier: "Earlier figures are in the download.",
            },
            Language::Cy => Self {
                language,
                cut_axis: "Nid yw’r echelin fertigol yn dechrau ar sero.",
                show_table: "Dangos y ffigurau hyn fel tabl",
                missing: "dim gwerth",
                stacked: "Mae’r rhannau wedi’u pentyrru: yr ymyl uchaf yw eu cyfanswm.",
                gaps: "Ni luniadir dim lle nad oes gwerth gan ran.",
                same_scales: "Mae pob panel ar yr un graddfeydd.",
                whole: "Y cyfan",
                lower: "arffin isaf",
                upper: "arffin uchaf",
                read: "Mae’r bysellau saeth yn darllen y ffigurau.",
                earlier: "Mae’r ffigurau cynharach yn y lawrlwythiad.",
            },
        }
    }

    /// The mark of a name from the table, which is in English, on a page in another language.
    pub(super) fn mark(self, name: &str) -> Option<&'static str> {
        if name == self.whole { None } else { written::mark(self.language, name, Language::En) }
    }

    /// That only the latest periods are shown.
    pub(super) fn latest(self, periods: usize) -> String {
        match self.language {
            Language::En => format!("Shows the latest {periods} periods."),
            Language::Cy => format!("Yn dangos y {periods} cyfnod diweddaraf."),
        }
    }

    /// What a series does, for those who hear the chart.
    pub(super) fn course(self, label: &str, first: (&str, &str), last: (&str, &str)) -> String {
        let ((from, start), (to, end)) = (first, last);
        match self.language {
            Language::En => format!("{label}: {start} in {from}, {end} in {to}."),
            Language::Cy => format!("{label}: {start} ({from}), {end} ({to})."),
        }
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
        let (first, last, total) = (panels.first, panels.first + shown.max(1) - 1, panels.total);
        match self.language {
            Language::En if shown == total => format!("{total} panels."),
            Language::En => format!("Panels {first} to {last} of {total}."),
            Language::Cy if shown == total => format!("{total} panel."),
            Language::Cy => format!("Paneli {first} i {last} o {total}."),
        }
    }

    /// What the band behind a line, or the thin line over a bar, shows.
    pub(super) fn interval(self, interval: &Interval, is_band: bool) -> String {
        let level = interval.level.as_ref().map(|level| format!("{level}%"));
        match self.language {
            Language::En => {
                let drawn = if is_band { "The pale band is" } else { "The thin line over each bar is" };
                match (interval.is_confidence, level) {
                    (true, Some(level)) => format!("{drawn} the {level} confidence interval."),
                    (true, None) => format!("{drawn} the confidence interval."),
                    (false, Some(level)) => format!("{drawn} the {level} interval."),
                    (false, None) => format!("{drawn} what lies between the lower and the upper bound."),
                }
            }
            Language::Cy => {
                let drawn = if is_band { "Y band golau yw’r" } else { "Y llinell denau dros bob bar yw’r" };
                match (interval.is_confidence, level) {
                    (true, Some(level)) => format!("{drawn} cyfwng hyder {level}."),
                    (true, None) => format!("{drawn} cyfwng hyder."),
                    (false, Some(level)) => format!("{drawn} cyfwng {level}."),
                    (false, None) => format!("{drawn} hyn sydd rhwng yr arffin isaf a’r arffin uchaf."),
                }
            }
        }
    }

    /// Two bounds in a row.
    pub(super) fn between(self, lower: &str, upper: &str) -> String {
        match self.language {
            Language::En => format!("{lower} to {upper}"),
            Language::Cy => format!("{lower} i {upper}"),
        }
    }

    /// A version by its number.
    pub(super) fn version(self, number: u32) -> String {
        match self.language {
            Language::En => format!("Version {number}"),
            Language::Cy => format!("Fersiwn {number}"),
        }
    }

    /// A version by its number and the day on which it was published.
    pub(super) fn published(self, number: u32, at: Option<DateTime<Utc>>) -> String {
        let version = self.version(number);
        let Some(day) = at.map(|at| date(self.language, at)) else { return version };
        match self.language {
            Language::En => format!("{version}, published {day}"),
            Language::Cy => format!("{version}, cyhoeddwyd {day}"),
        }
    }

    /// With what figures are marked.
    pub(super) fn marked(self, markings: &[Marking]) -> String {
        let list = self.markings(markings);
        match self.language {
            Language::En => format!("Marked figures: {list}."),
            Language::Cy => format!("Ffigurau wedi’u marcio: {list}."),
        }
    }

    /// What stands in the table in place of figures.
    pub(super) fn gaps_marked(self, markings: &[Marking]) -> String {
        let list = self.markings(markings);
        match self.language {
            Language::En => format!("Gaps, where the table has no figure: {list}."),
            Language::Cy => format!("Bylchau, lle nad oes ffigur yn y tabl: {list}."),
        }
    }

    /// Markings with what they mean.
    fn markings(self, markings: &[Marking]) -> String {
        let one = |marking: &Marking| format!("[{marking}] {}", self.meaning(*marking));
        markings.iter().map(one).collect::<Vec<_>>().join(", ")
    }

    const fn meaning(self, marking: Marking) -> &'static str {
        let (english, welsh) = match marking {
            Marking::Break => ("break in the series", "toriad yn y gyfres"),
            Marking::Confidential => ("confidential", "cyfrinachol"),
            Marking::Estimated => ("estimated", "amcangyfrif"),
            Marking::Forecast => ("forecast", "rhagolwg"),
            Marking::Low => ("low", "isel"),
            Marking::Provisional => ("provisional", "dros dro"),
            Marking::Revised => ("revised", "diwygiedig"),
            Marking::Unreliable => ("low reliability", "dibynadwyedd isel"),
            Marking::NoneRecorded => ("none recorded", "dim wedi’i gofnodi"),
            Marking::NotAvailable => ("not available", "ddim ar gael"),
            Marking::NotApplicable => ("not applicable", "amherthnasol"),
        };
        match self.language {
            Language::En => english,
            Language::Cy => welsh,
        }
    }

    /// The lowest and highest sum of the parts.
    pub(super) fn together(self, lowest: &str, highest: &str) -> String {
        match self.language {
            Language::En => format!("Together: lowest {lowest}, highest {highest}."),
            Language::Cy => format!("Gyda’i gilydd: isaf {lowest}, uchaf {highest}."),
        }
    }

    /// The lowest and highest figure.
    pub(super) fn range(self, lowest: &str, highest: &str) -> String {
        match self.language {
            Language::En => format!("Lowest {lowest}, highest {highest}."),
            Language::Cy => format!("Isaf {lowest}, uchaf {highest}."),
        }
    }
}
