//! The words around a chart in both languages.

use domain::language::Language;

/// The fixed words of a chart.
#[derive(Clone, Copy, Debug)]
pub(super) struct Words {
    language: Language,
    pub cut_axis: &'static str,
    pub show_table: &'static str,
    pub missing: &'static str,
}

impl Words {
    pub(super) const fn of(language: Language) -> Self {
        match language {
            Language::En => Self {
                language,
                cut_axis: "The vertical axis does not start at zero.",
                show_table: "Show these figures as a table",
                missing: "no value",
            },
            Language::Cy => Self {
                language,
                cut_axis: "Nid yw’r echelin fertigol yn dechrau ar sero.",
                show_table: "Dangos y ffigurau hyn fel tabl",
                missing: "dim gwerth",
            },
        }
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

    /// The lowest and highest figure.
    pub(super) fn range(self, lowest: &str, highest: &str) -> String {
        match self.language {
            Language::En => format!("Lowest {lowest}, highest {highest}."),
            Language::Cy => format!("Isaf {lowest}, uchaf {highest}."),
        }
    }
}
