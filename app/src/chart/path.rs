//! Lines as SVG path data.

use std::fmt::Write;

/// Path data through the points, broken where a value is missing; points closer than a unit are drawn as their extremes.
pub(super) fn line(points: &[(f64, Option<f64>)]) -> String {
    let mut path = String::new();
    for run in points.split(|(_, y)| y.is_none()) {
        let run: Vec<(f64, f64)> = run.iter().filter_map(|(x, y)| y.map(|y| (*x, y))).collect();
        match thinned(&run).as_slice() {
            [] => {}
            // A point between two gaps is a dot under a round line end.
            [(x, y)] => {
                let _ = write!(path, "M{x:.1},{y:.1}h0.1");
            }
            [(x, y), rest @ ..] => {
                let _ = write!(path, "M{x:.1},{y:.1}");
                for (x, y) in rest {
                    let _ = write!(path, "L{x:.1},{y:.1}");
                }
            }
        }
    }
    path
}

/// The outline of a band through points of its lower and upper edge; a single period is a thin bar.
pub(super) fn outline(edges: &[(f64, f64, f64)]) -> String {
    let mut path = String::new();
    if let [(x, lower, upper)] = edges {
        let _ = write!(path, "M{:.1},{upper:.1}H{:.1}V{lower:.1}H{:.1}Z", x - 1.0, x + 1.0, x - 1.0);
        return path;
    }
    for (at, (x, _, upper)) in edges.iter().enumerate() {
        let _ = write!(path, "{}{x:.1},{upper:.1}", if at == 0 { 'M' } else { 'L' });
    }
    for (x, lower, _) in edges.iter().rev() {
        let _ = write!(path, "L{x:.1},{lower:.1}");
    }
    path.push('Z');
    path
}

/// Path data of the band between edges, given as lower and upper one, broken where they are missing; of edges closer than a unit
/// the outermost are kept.
pub(super) fn band(edges: &[(f64, Option<(f64, f64)>)]) -> String {
    let runs = edges.split(|(_, edge)| edge.is_none()).filter(|run| !run.is_empty());
    runs.map(|run| outline(&outermost(run))).collect()
}

fn outermost(run: &[(f64, Option<(f64, f64)>)]) -> Vec<(f64, f64, f64)> {
    let units = run.chunk_by(|a, b| a.0.floor() == b.0.floor());
    let of_unit = |unit: &[(f64, Option<(f64, f64)>)]| {
        // The axis runs downwards: the lower edge is the greater length.
        let edges = unit.iter().filter_map(|(x, edge)| edge.map(|(lower, upper)| (*x, lower, upper)));
        edges.reduce(|one, other| (one.0, one.1.max(other.1), one.2.min(other.2)))
    };
    units.filter_map(of_unit).collect()
}

/// Keeps the first, lowest, highest and last point of every unit of width where there are more than that.
fn thinned(run: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let width = run.last().zip(run.first()).map_or(0.0, |(last, first)| last.0 - first.0);
    if (run.len() as f64) < width * 2.0 || run.len() < 5 {
        return run.to_vec();
    }
    let mut kept = Vec::new();
    for unit in run.chunk_by(|a, b| a.0.floor() == b.0.floor()) {
        let lowest = (0..unit.len()).min_by(|a, b| unit[*a].1.total_cmp(&unit[*b].1)).unwrap_or(0);
        let highest = (0..unit.len()).max_by(|a, b| unit[*a].1.total_cmp(&unit[*b].1)).unwrap_or(0);
        let mut places = [0, lowest.min(highest), lowest.max(highest), unit.len() - 1].to_vec();
        places.dedup();
        kept.extend(places.into_iter().map(|at| unit[at]));
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::{band, line};

    #[test]
    fn a_missing_value_breaks_the_line() {
        let points = [
            (0.0, Some(1.0)),
            (1.0, Some(2.0)),
            (2.0, None),
            (3.0, Some(4.0)),
            (4.0, None),
            (5.0, Some(1.0)),
            (6.0, Some(1.0)),
        ];
        assert_eq!(line(&points), "M0.0,1.0L1.0,2.0M3.0,4.0h0.1M5.0,1.0L6.0,1.0");
        assert_eq!(line(&[(0.0, None)]), "");
    }

    #[test]
    fn a_band_breaks_at_gaps_and_keeps_its_outermost_edges() {
        let edges = [(0.0, Some((9.0, 1.0))), (5.0, Some((8.0, 2.0))), (6.0, None), (7.0, Some((6.0, 4.0)))];
        assert_eq!(band(&edges), "M0.0,1.0L5.0,2.0L5.0,8.0L0.0,9.0ZM6.0,4.0H8.0V6.0H6.0Z");
        let crowded = [(0.0, Some((5.0, 4.0))), (0.5, Some((9.0, 1.0))), (3.0, Some((5.0, 4.0)))];
        assert_eq!(band(&crowded), "M0.0,1.0L3.0,4.0L3.0,5.0L0.0,9.0Z");
        assert_eq!(band(&[(0.0, None)]), "");
    }

    #[test]
    fn crowded_points_keep_their_extremes() {
        let points: Vec<(f64, Option<f64>)> = (0..10_000)
            .map(|index| (f64::from(index) / 100.0, Some(if index == 5_050 { 999.0 } else { f64::from(index % 7) })))
            .collect();
        let path = line(&points);
        assert!(path.contains(",999.0"));
        assert!(path.matches('L').count() < 450);
    }
}
