//! Lower and upper bounds that stand in columns beside the figures, such as those of a confidence interval.

use domain::table::{ColumnRole, Interval, Profile};

use crate::{cells, names};

/// How many of a hundred figures may stand outside of bounds that are still taken for theirs.
const OUTSIDE: usize = 1;
/// The levels in per cent that statisticians use.
const LEVELS: [&str; 7] = ["50", "68", "80", "90", "95", "98", "99"];

/// Two columns that bound the figures of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pair {
    pub lower: usize,
    pub upper: usize,
    /// The words of the headings that both share beside those of a bound.
    about: Vec<String>,
    level: Option<String>,
    is_confidence: bool,
}

/// The bounds of a row.
pub(super) type Bounds = Option<(f64, f64)>;

impl Pair {
    /// Whether the figures under a heading may be meant: it says all that the headings of both bounds say.
    pub(super) fn may_bound(&self, heading: &str) -> bool {
        let slug = names::slug(heading);
        let words: Vec<&str> = slug.split('-').collect();
        self.about.iter().all(|word| words.contains(&word.as_str()))
    }

    /// What stands in a row between which its figure is.
    pub(super) fn read<'c>(&self, cell: impl Fn(usize) -> &'c str, decimal_comma: bool) -> Bounds {
        let number = |at: usize| cells::number_in(cell(at), decimal_comma).filter(|value| value.is_finite());
        number(self.lower).zip(number(self.upper)).filter(|(lower, upper)| lower <= upper)
    }

    /// The interval with these bounds; nothing where none is known.
    pub(super) fn interval(&self, bounds: Vec<Bounds>) -> Option<Interval> {
        let is_known = bounds.iter().any(Option::is_some);
        is_known.then(|| Interval { level: self.level.clone(), is_confidence: self.is_confidence, bounds })
    }
}

/// All pairs of columns that are a lower and an upper bound of the same.
pub(super) fn pairs(profile: &Profile) -> Vec<Pair> {
    let numeric = (0..profile.columns.len()).filter(|at| {
        let column = &profile.columns[*at];
        column.kind.is_numeric() && column.role != ColumnRole::Dimension
    });
    let bounds: Vec<(usize, Heading)> =
        numeric.filter_map(|at| Some((at, Heading::of(&profile.columns[at].label)?))).collect();
    let lowers = bounds.iter().filter(|(_, heading)| !heading.is_upper);
    let pair = |(lower, heading): &(usize, Heading)| {
        let mut uppers = bounds.iter().filter(|(_, other)| other.is_upper && other.about == heading.about);
        let upper = uppers.find(|(_, other)| other.level == heading.level)?.0;
        let Heading { about, level, is_confidence, .. } = heading.clone();
        Some(Pair { lower: *lower, upper, about, level, is_confidence })
    };
    lowers.filter_map(pair).collect()
}

/// The place of the pair that bounds figures under a heading: the one that is called most like them, if they stand within it.
pub(super) fn of_figures(
    pairs: &[Pair],
    bounds: &[Vec<Bounds>],
    heading: &str,
    figures: &[Option<f64>],
) -> Option<usize> {
    let mut order: Vec<usize> = (0..pairs.len()).filter(|at| pairs[*at].may_bound(heading)).collect();
    order.sort_by_key(|at| std::cmp::Reverse(pairs[*at].about.len()));
    order.into_iter().find(|at| holds(&bounds[*at], figures))
}

/// Whether figures stand within bounds.
fn holds(bounds: &[Bounds], figures: &[Option<f64>]) -> bool {
    let both = bounds.iter().zip(figures).filter_map(|(bounds, figure)| bounds.zip(*figure));
    let (mut known, mut outside) = (0_usize, 0_usize);
    for ((lower, upper), figure) in both {
        known += 1;
        outside += usize::from(figure < lower || figure > upper);
    }
    known > 0 && outside * 100 <= known * OUTSIDE
}

/// What the heading of a bound says.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Heading {
    is_upper: bool,
    about: Vec<String>,
    level: Option<String>,
    is_confidence: bool,
}

impl Heading {
    /// Reads a heading; nothing where it is not that of a bound.
    fn of(heading: &str) -> Option<Self> {
        let (mut lower, mut upper, mut is_confidence, mut is_bound, mut is_plain) = (false, false, false, false, false);
        let mut about = Vec::new();
        let mut levels = Vec::new();
        for word in names::slug(heading).split('-') {
            match word {
                "lower" => (lower, is_plain) = (true, true),
                "upper" => (upper, is_plain) = (true, true),
                "low" | "min" | "minimum" => lower = true,
                "high" | "max" | "maximum" => upper = true,
                "lcl" | "lci" | "lowerci" | "lowercl" => (lower, is_confidence) = (true, true),
                "ucl" | "uci" | "upperci" | "uppercl" => (upper, is_confidence) = (true, true),
                "ci" | "cl" | "cis" | "confidence" | "conf" => is_confidence = true,
                "bound" | "bounds" | "limit" | "limits" | "interval" | "intervals" | "credible" | "prediction"
                | "predictive" => is_bound = true,
                "level" | "percent" | "per" | "cent" | "pct" | "pc" | "of" | "the" | "for" => {}
                // A level such as 99.9 falls into two words.
                _ if !levels.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit()) => {
                    levels.push(word.to_owned())
                }
                _ => match level(word) {
                    Some(level) => {
                        is_confidence |= word.ends_with("ci");
                        levels.push(level);
                    }
                    None => about.push(word.to_owned()),
                },
            }
        }
        // The lower half of households has a level, too.
        let says_bound = is_confidence || is_bound || (is_plain && about.is_empty() && levels.is_empty());
        if lower == upper || !says_bound {
            return None;
        }
        // A level that fell apart is not told rather than told wrong.
        let level = if levels.len() == 1 { levels.pop() } else { None };
        Some(Self { is_upper: upper, about, is_confidence, level })
    }
}

/// The level that a word names in per cent.
fn level(word: &str) -> Option<String> {
    let digits = ["percent", "pct", "pc", "ci"].iter().find_map(|unit| word.strip_suffix(unit)).unwrap_or(word);
    LEVELS.contains(&digits).then(|| digits.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{Heading, Pair, holds, of_figures};

    #[test]
    fn headings_of_bounds_are_told_from_others() {
        for (heading, is_upper, level, is_confidence) in [
            ("Lower confidence interval", false, None, true),
            ("upper_ci", true, None, true),
            ("LCL", false, None, true),
            ("CI lower", false, None, true),
            ("95ci lower", false, Some("95"), true),
            ("Lower 95% credible interval", false, Some("95"), false),
            ("Upper 80% prediction limit", true, Some("80"), false),
            ("Upper 95% confidence limit", true, Some("95"), true),
            ("Lower Confidence Limit (99.9%)", false, None, true),
            ("conf.high", true, None, true),
            ("Lower bound", false, None, false),
            ("Upper", true, None, false),
        ] {
            let read = Heading::of(heading).expect(heading);
            assert_eq!((read.is_upper, read.level.as_deref(), read.is_confidence), (is_upper, level, is_confidence));
            assert!(read.about.is_empty(), "{heading}: {:?}", read.about);
        }
        assert_eq!(Heading::of("Men: rate, lower CI").expect("a bound").about, ["men", "rate"]);
        for heading in
            ["Lower quartile", "High", "Low", "Value", "Lower 50%", "Lower to upper bound", "Upper Tier Authority"]
        {
            assert_eq!(Heading::of(heading), None, "{heading}");
        }
    }

    #[test]
    fn bounds_that_are_called_like_one_column_belong_to_no_other() {
        let about = vec!["women".to_owned()];
        let pairs = [Pair { lower: 1, upper: 2, about, level: None, is_confidence: true }];
        let (bounds, figures) = ([vec![Some((1.0, 3.0))]], [Some(2.0)]);
        assert_eq!(of_figures(&pairs, &bounds, "Women, per cent", &figures), Some(0));
        assert_eq!(of_figures(&pairs, &bounds, "Men", &figures), None);
    }

    #[test]
    fn bounds_belong_to_the_figures_that_stand_within_them() {
        let bounds = [Some((1.0, 3.0)), None, Some((2.0, 2.0))];
        assert!(holds(&bounds, &[Some(2.0), Some(99.0), Some(2.0)]));
        assert!(!holds(&bounds, &[Some(4.0), None, Some(2.0)]));
        assert!(!holds(&bounds, &[None, Some(1.0), None]), "nothing is known of both");
    }
}
