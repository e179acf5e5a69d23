//! Whether the figure of a cell is a day, a time or just a figure: only the format tells in which it is shown.

/// As what a figure is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// As a figure.
    Figure,
    /// As a day, a time of day or both.
    Moment,
    /// As a time that passed.
    Span,
}

impl Look {
    /// That of a format which Excel has without being told.
    pub(super) const fn of_number(format: u16) -> Self {
        match format {
            14..=22 | 27..=36 | 45 | 47 | 50..=58 => Self::Moment,
            46 => Self::Span,
            _ => Self::Figure,
        }
    }

    /// That of a format as people write it, such as `dd/mm/yyyy`; only its first part counts, for figures above zero.
    pub(super) fn of_code(code: &str) -> Self {
        let mut letters = code.chars();
        while let Some(letter) = letters.next() {
            match letter {
                // The letter after these stands for itself, or for its width.
                '\\' | '_' | '*' => {
                    letters.next();
                }
                '"' => {
                    letters.find(|letter| *letter == '"');
                }
                '[' => {
                    let inside: String = letters.by_ref().take_while(|letter| *letter != ']').collect();
                    if matches!(inside.to_ascii_lowercase().as_str(), "h" | "hh" | "m" | "mm" | "s" | "ss") {
                        return Self::Span;
                    }
                }
                ';' => return Self::Figure,
                'd' | 'm' | 'h' | 'y' | 's' | 'D' | 'M' | 'H' | 'Y' | 'S' => return Self::Moment,
                _ => {}
            }
        }
        Self::Figure
    }
}

#[cfg(test)]
mod tests {
    use super::Look;

    #[test]
    fn only_days_and_times_are_told_from_figures() {
        let looks = [
            ("General", Look::Figure),
            ("#,##0.00_);[Red](#,##0.00)", Look::Figure),
            ("0.00\" days\"", Look::Figure),
            ("\\Y000", Look::Figure),
            ("#,##0*y", Look::Figure),
            ("[$GBP-809] #,##0", Look::Figure),
            ("0;dd/mm", Look::Figure),
            ("0\"unclosed", Look::Figure),
            ("[unclosed", Look::Figure),
            ("dd/mm/yyyy", Look::Moment),
            ("[$-409]mmmm\\ yy;@", Look::Moment),
            ("H:MM AM/PM", Look::Moment),
            ("[h]:mm", Look::Span),
            ("[Blue]\\+[ss].00", Look::Span),
        ];
        for (code, look) in looks {
            assert_eq!(Look::of_code(code), look, "{code}");
        }
        assert_eq!([0, 14, 22, 45, 46, 49].map(Look::of_number), {
            use Look::{Figure, Moment, Span};
            [Figure, Moment, Moment, Moment, Span, Figure]
        });
    }
}
