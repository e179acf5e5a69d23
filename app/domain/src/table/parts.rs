//! When figures may be stacked: where they are parts of a whole whose sum means something.

use super::{Chart, ChartKind, NotDrawn, Series};

/// Parts that one stack may hold.
pub const MOST_PARTS: usize = 6;

/// Series up to which sums of some of them are looked for; each more doubles the work.
const MOST_SUMMED: usize = 10;

/// Words for figures whose sum means nothing, in English and Welsh.
const NO_SUM: &[&str] = &[
    "rate",
    "rates",
    "ratio",
    "ratios",
    "index",
    "indices",
    "average",
    "averages",
    "mean",
    "median",
    "per",
    "growth",
    "change",
    "temperature",
    "celsius",
    "percentile",
    "deflator",
    "expectancy",
    "concentration",
    "rainfall",
    "millimetres",
    "price",
    "prices",
    "score",
    "scores",
    "rank",
    "age",
    "cyfradd",
    "cyfraddau",
    "mynegai",
    "cyfartaledd",
    "canolrif",
];

/// Makes a stack of the series of a chart over time, if they are parts of a whole: at least two, none below zero, of a kind
/// that can be added, none the sum of others. A series that is the sum of all the others is the whole and is left out.
///
/// `said` is what else is known about the figures, such as their dataset's title and unit.
///
/// # Errors
/// Why the series cannot be stacked.
pub fn parts_of_a_whole(mut chart: Chart, said: &str) -> Result<Chart, NotDrawn> {
    if chart.series.len() < 2 {
        return Err(NotDrawn::OnlyOne);
    }
    if chart.series.iter().flat_map(|series| &series.values).flatten().any(|value| *value < 0.0) {
        return Err(NotDrawn::Negative);
    }
    let about = format!("{} {} {said}", chart.title, chart.unit.as_deref().unwrap_or_default()).to_lowercase();
    let mut words = about.split(|c: char| !c.is_alphanumeric());
    // Shares of a whole make up a hundred; other percentages make up nothing.
    let percent = about.contains('%') || about.contains("percent") || about.contains("per cent");
    let refused = words.any(|word| NO_SUM.contains(&word) && !(percent && word == "per"));
    if refused {
        return Err(NotDrawn::NoSum);
    }
    if let Some(whole) = sum_of_others(&chart.series) {
        chart.series.remove(whole);
    }
    if chart.series.len() > MOST_PARTS {
        return Err(NotDrawn::TooMany);
    }
    if overlap(&chart.series) {
        return Err(NotDrawn::Overlap);
    }
    if percent && !make_a_hundred(&chart.series) {
        return Err(NotDrawn::NoSum);
    }
    chart.kind = ChartKind::Area;
    Ok(chart)
}

/// Words of what lies between two others: the greater of both is the sum of it and the smaller one, and yet no whole of them.
const BALANCES: [&str; 4] = ["net", "balance", "change", "difference"];

/// Whether a name is that of what lies between two others.
fn is_balance(name: &str) -> bool {
    name.to_lowercase().split(|letter: char| !letter.is_alphanumeric()).any(|word| BALANCES.contains(&word))
}

/// The place of the series that is the sum of all the others; none where one of them is what lies between two others.
pub(super) fn sum_of_others(series: &[Series]) -> Option<usize> {
    if series.iter().any(|one| is_balance(&one.label)) {
        return None;
    }
    (0..series.len()).find(|at| {
        let others: Vec<usize> = (0..series.len()).filter(|other| other != at).collect();
        others.len() > 1 && is_sum(series, *at, &others)
    })
}

/// Whether a series is the sum of others wherever all of them have values, up to what rounding does.
fn is_sum(series: &[Series], of: usize, parts: &[usize]) -> bool {
    let mut compared = 0;
    for at in 0..series[of].values.len() {
        let Some(whole) = series[of].values[at] else { continue };
        let Some(values) = parts.iter().map(|part| series[*part].values[at]).collect::<Option<Vec<f64>>>() else {
            continue;
        };
        if (values.iter().sum::<f64>() - whole).abs() > whole * 0.005 {
            return false;
        }
        compared += usize::from(whole > 0.0);
    }
    compared > 0
}

/// Whether one of the series is the sum of some of the others.
fn overlap(series: &[Series]) -> bool {
    let count = series.len();
    if count > MOST_SUMMED {
        return false;
    }
    (0..count).any(|of| {
        (1_u32..1 << count).filter(|some| some >> of & 1 == 0 && some.count_ones() > 1).any(|some| {
            let parts: Vec<usize> = (0..count).filter(|at| some >> at & 1 == 1).collect();
            is_sum(series, of, &parts)
        })
    })
}

/// Whether the series make up a hundred wherever all of them have values.
fn make_a_hundred(series: &[Series]) -> bool {
    let periods = series.first().map_or(0, |first| first.values.len());
    let sums: Vec<f64> = (0..periods)
        .filter_map(|at| series.iter().map(|one| one.values[at]).collect::<Option<Vec<f64>>>())
        .map(|values| values.iter().sum())
        .collect();
    !sums.is_empty() && sums.iter().all(|sum| (99.0..=101.0).contains(sum))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(title: &str, unit: &str, series: &[(&str, [f64; 3])]) -> Chart {
        let of = |(label, values): &(&str, [f64; 3])| Series {
            label: (*label).into(),
            values: values.iter().map(|value| value.is_finite().then_some(*value)).collect(),
            ..Series::default()
        };
        Chart {
            title: title.into(),
            unit: Some(unit.to_owned()).filter(|unit| !unit.is_empty()),
            kind: ChartKind::Line,
            x_label: "Year".into(),
            x: vec!["2023".into(), "2024".into(), "2025".into()],
            positions: vec![2023.0, 2024.0, 2025.0],
            selection: Vec::new(),
            series: series.iter().map(of).collect(),
            panels: None,
            ghost: None,
        }
    }

    const NORTH: (&str, [f64; 3]) = ("North", [5.0, 6.0, 7.0]);
    const SOUTH: (&str, [f64; 3]) = ("South", [1.0, f64::NAN, 3.0]);

    fn labels(stacked: &Chart) -> Vec<&str> {
        stacked.series.iter().map(|series| series.label.as_str()).collect()
    }

    #[test]
    fn parts_are_stacked_and_their_whole_is_left_out() {
        let stacked = parts_of_a_whole(chart("Visits", "Number", &[NORTH, SOUTH]), "").unwrap();
        assert_eq!((stacked.kind, labels(&stacked)), (ChartKind::Area, vec!["North", "South"]));
        let total = ("Total", [6.02, 9.0, 10.0]);
        let stacked = parts_of_a_whole(chart("Visits", "", &[NORTH, total, SOUTH]), "").unwrap();
        assert_eq!(labels(&stacked), ["North", "South"], "rounding does no harm");
    }

    #[test]
    fn what_has_no_sum_is_not_stacked() {
        for (title, unit, said) in [
            ("Unemployment rate", "", ""),
            ("Value", "Parts per million", ""),
            ("Value", "Index 2015=100", ""),
            ("Mean temperature", "", ""),
            ("Value", "", "Under-five mortality rate, deaths"),
            ("Answers", "%", ""),
        ] {
            let refused = parts_of_a_whole(chart(title, unit, &[NORTH, SOUTH]), said).unwrap_err();
            assert_eq!(refused, NotDrawn::NoSum, "{title} {unit} {said}");
        }
        let shares = [("Yes", [60.0, 55.1, 50.0]), ("No", [40.0, 45.0, 49.5])];
        assert!(parts_of_a_whole(chart("Answers", "Per cent", &shares), "").is_ok());
    }

    #[test]
    fn figures_below_zero_single_parts_and_sums_of_others_are_refused() {
        let refused = |series: &[(&str, [f64; 3])]| parts_of_a_whole(chart("Visits", "", series), "").unwrap_err();
        assert_eq!(refused(&[NORTH]), NotDrawn::OnlyOne);
        assert_eq!(refused(&[NORTH, ("Balance", [1.0, -0.1, 2.0])]), NotDrawn::Negative);
        let (east, both) = (("East", [2.0, 9.0, 4.0]), ("North and east", [7.0, 15.0, 11.0]));
        assert_eq!(refused(&[NORTH, SOUTH, east, both]), NotDrawn::Overlap);
        let many: Vec<(&str, [f64; 3])> = (0..7).map(|at| ("Part", [f64::from(1 << at), 1.0, 1.0])).collect();
        assert_eq!(refused(&many), NotDrawn::TooMany);
    }
}
