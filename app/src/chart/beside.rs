//! What is drawn beside the figures of a chart: the bounds of each, those that are marked, and what was published before.

use domain::table::{Chart, ChartKind, Marking, Series};

use super::{path, words::Words};

/// Periods above which marked figures have no dot of their own.
const MOST_MARKED: usize = 120;

/// What stands beside a line; paths are empty where there is nothing.
#[derive(Clone, Debug, Default)]
pub(super) struct Beside {
    /// The band between the bounds.
    pub interval: String,
    /// The line of the earlier figures.
    pub ghost: String,
    /// Where figures stand that the table marks.
    pub marked: Vec<(f64, f64)>,
}

/// A sentence under a drawing, with the class of the sample that stands before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Note {
    pub swatch: Option<&'static str>,
    pub text: String,
}

impl Note {
    /// A sentence without a sample.
    pub(super) const fn plain(text: String) -> Self {
        Self { swatch: None, text }
    }
}

/// The least and the greatest of all that is drawn from a period on; nothing where there is no value.
pub(super) fn extent(chart: &Chart, skipped: usize) -> Option<(f64, f64)> {
    let values: Vec<f64> = chart.series.iter().flat_map(|series| known(&series.values, skipped)).collect();
    if values.is_empty() {
        return None;
    }
    let ghosts = chart.ghost.iter().flat_map(|ghost| &ghost.values).flat_map(|values| known(values, skipped));
    let bounds = chart.series.iter().flat_map(|series| ends(series, skipped));
    let all: Vec<f64> = values.into_iter().chain(ghosts).chain(bounds).collect();
    all.iter().copied().reduce(f64::min).zip(all.iter().copied().reduce(f64::max))
}

fn known(values: &[Option<f64>], skipped: usize) -> Vec<f64> {
    values.iter().skip(skipped).flatten().copied().collect()
}

/// The lower and upper bounds of a series from a period on.
fn ends(series: &Series, skipped: usize) -> Vec<f64> {
    let bounds = series.interval.iter().flat_map(|interval| interval.bounds.iter().skip(skipped).flatten());
    bounds.flat_map(|(lower, upper)| [*lower, *upper]).collect()
}

/// What stands beside the line of a series; `places` are those of its periods from `skipped` on, `y` is the height of a value.
pub(super) fn of_series(
    chart: &Chart,
    at: usize,
    (skipped, places): (usize, &[f64]),
    y: &dyn Fn(f64) -> f64,
) -> Beside {
    let Some(series) = chart.series.get(at) else { return Beside::default() };
    let edges = series.interval.as_ref().map(|interval| -> Vec<(f64, Option<(f64, f64)>)> {
        let bounds = interval.bounds.iter().skip(skipped);
        places.iter().zip(bounds).map(|(x, one)| (*x, one.map(|(lower, upper)| (y(lower), y(upper))))).collect()
    });
    let before = chart.ghost.as_ref().and_then(|ghost| ghost.values.get(at)).map(|values| -> Vec<_> {
        places.iter().zip(values.iter().skip(skipped)).map(|(x, value)| (*x, value.map(y))).collect()
    });
    let marked = series.markings.iter().filter_map(|(period, _)| {
        let value = series.values.get(*period).copied().flatten()?;
        Some((*places.get(period.checked_sub(skipped)?)?, y(value)))
    });
    Beside {
        interval: edges.map(|edges| path::band(&edges)).unwrap_or_default(),
        ghost: before.map(|points| path::line(&points)).unwrap_or_default(),
        marked: if places.len() > MOST_MARKED { Vec::new() } else { marked.collect() },
    }
}

/// What has to be known to read what stands beside the figures.
pub(super) fn notes(chart: &Chart, words: Words) -> Vec<Note> {
    let mut notes = Vec::new();
    let is_line = matches!(chart.kind, ChartKind::Line | ChartKind::Multiples);
    let interval = chart.series.iter().find_map(|series| series.interval.as_ref());
    if let Some(interval) = interval.filter(|_| chart.kind != ChartKind::Area) {
        let swatch = if is_line { "chart__swatch chart__swatch--band" } else { "chart__swatch chart__swatch--whisker" };
        notes.push(Note { swatch: Some(swatch), text: words.interval(interval, is_line) });
    }
    notes.extend(chart.ghost.as_ref().map(|ghost| {
        let text = words.published(ghost.version, ghost.released);
        Note { swatch: Some("chart__swatch chart__swatch--ghost"), text }
    }));
    let (figures, gaps) = marked(chart);
    if !figures.is_empty() {
        let has_dots = chart.kind == ChartKind::Line && chart.x.len() <= MOST_MARKED;
        let swatch = has_dots.then_some("chart__swatch chart__swatch--marked");
        notes.push(Note { swatch, text: words.marked(&figures) });
    }
    if !gaps.is_empty() {
        notes.push(Note::plain(words.gaps_marked(&gaps)));
    }
    notes
}

/// The markings of figures, and those that stand in place of one; each once.
fn marked(chart: &Chart) -> (Vec<Marking>, Vec<Marking>) {
    let (mut figures, mut gaps) = (Vec::new(), Vec::new());
    for series in &chart.series {
        for (at, marking) in &series.markings {
            let is_figure = series.values.get(*at).copied().flatten().is_some();
            let markings = if is_figure { &mut figures } else { &mut gaps };
            if !markings.contains(marking) {
                markings.push(*marking);
            }
        }
    }
    figures.sort_unstable();
    gaps.sort_unstable();
    (figures, gaps)
}

#[cfg(test)]
mod tests {
    use domain::language::Language;

    use super::{super::testing, extent, notes, of_series};
    use crate::chart::words::Words;

    #[test]
    fn the_axis_holds_bounds_and_earlier_figures_but_they_make_no_drawing() {
        let mut chart = testing::bounded(6);
        assert_eq!(extent(&chart, 0), Some((5.0, 30.0)));
        assert_eq!(extent(&chart, 3), Some((8.0, 30.0)), "earlier periods are not drawn");
        for series in &mut chart.series {
            series.values = vec![None; 6];
        }
        assert_eq!(extent(&chart, 0), None);
    }

    #[test]
    fn bands_break_where_a_bound_is_missing_and_marked_figures_have_a_dot() {
        let chart = testing::bounded(6);
        let beside = of_series(&chart, 0, (0, &[0.0, 10.0, 20.0, 30.0, 40.0, 50.0]), &|value| 100.0 - value);
        assert_eq!(beside.interval.matches('Z').count(), 2);
        assert!(beside.interval.starts_with("M0.0,85.0"), "{}", beside.interval);
        assert_eq!(beside.ghost, "M0.0,91.0L10.0,70.0");
        assert_eq!(beside.marked, [(50.0, 85.0)]);
    }

    #[test]
    fn legends_are_told_in_both_languages() {
        let told = |language| {
            let notes = notes(&testing::bounded(6), Words::of(language));
            notes.into_iter().map(|note| note.text).collect::<Vec<_>>()
        };
        assert_eq!(
            told(Language::En),
            [
                "The pale band is the 95% confidence interval.",
                "Version 1, published 1 January 1970",
                "Marked figures: [p] provisional.",
                "Gaps, where the table has no figure: [c] confidential.",
            ]
        );
        assert_eq!(
            told(Language::Cy),
            [
                "Y band golau yw’r cyfwng hyder 95%.",
                "Fersiwn 1, cyhoeddwyd 1 Ionawr 1970",
                "Ffigurau wedi’u marcio: [p] dros dro.",
                "Bylchau, lle nad oes ffigur yn y tabl: [c] cyfrinachol.",
            ]
        );
    }
}
