//! The words around a chart in both languages.

use domain::language::Language;
use domain::table::{Chart, Panels, Series, figure};

use crate::components::written;

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
