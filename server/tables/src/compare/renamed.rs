//! Which columns of two tables belong together: by their names, or by what they hold.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use domain::changes::Renamed;
use domain::table::{Column, ColumnRole};

use super::Work;
use super::shape::Pair;
use crate::table::{Cells, Table, TableError};

/// The most different cells of a column that are looked at.
const LOOKED_AT: usize = 1_000_000;

/// The columns that belong together, in the order of the new table: those of the same name, and those that are known to be `renamed`.
///
/// The name of a heading that stands there several times follows from the others, so where one of those came or went they are told by
/// their places first.
pub(super) fn pairs(old: &[Column], new: &[Column], renamed: &[Renamed]) -> Vec<Pair> {
    let (had, has) = (counts(old), counts(new));
    let in_place = |(at, is): (usize, &Column)| {
        let label = is.label.as_str();
        old.get(at).filter(|was| was.label == label && had.get(label) != has.get(label)).map(|_| at)
    };
    let mut before: Vec<Option<usize>> = new.iter().enumerate().map(in_place).collect();
    let mut taken: HashSet<usize> = before.iter().flatten().copied().collect();
    let places: HashMap<&str, usize> = old.iter().map(|column| column.name.as_str()).zip(0..).collect();
    let called = |name: &str| renamed.iter().find(|one| one.after == name).map(|one| one.before.as_str());
    for is_called in [false, true] {
        for (is, before) in new.iter().zip(&mut before).filter(|(_, before)| before.is_none()) {
            let name = if is_called { called(&is.name) } else { Some(is.name.as_str()) };
            *before = name.and_then(|name| places.get(name).copied()).filter(|at| !taken.contains(at));
            taken.extend(*before);
        }
    }
    before.into_iter().zip(0..).filter_map(|(was, is)| Some((was?, is))).collect()
}

/// How often each heading stands there.
fn counts(columns: &[Column]) -> HashMap<&str, usize> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for column in columns {
        *counts.entry(column.label.as_str()).or_default() += 1;
    }
    counts
}

/// The column that goes by another name: exactly one went and one came, at the same place and for the same, and both hold nearly the
/// same.
pub(super) fn find(old: &Table, new: &Table, work: &Work<'_>) -> Result<Vec<Renamed>, TableError> {
    let shared = pairs(old.columns(), new.columns(), &[]);
    let was: HashSet<usize> = shared.iter().map(|(at, _)| *at).collect();
    let is: HashSet<usize> = shared.iter().map(|(_, at)| *at).collect();
    let (went, came) = (alone(old.columns(), &was), alone(new.columns(), &is));
    let ([(at, before)], [(place, after)]) = (went.as_slice(), came.as_slice()) else { return Ok(Vec::new()) };
    if at != place || before.role != after.role || after.role == ColumnRole::Measure {
        return Ok(Vec::new());
    }
    let are_alike = are_alike(&cells_of(old, *at, work)?, &cells_of(new, *place, work)?);
    let renamed = || Renamed { before: before.name.clone(), after: after.name.clone() };
    Ok(are_alike.then(renamed).into_iter().collect())
}

/// The columns that belong to none, with their places.
fn alone<'c>(columns: &'c [Column], paired: &HashSet<usize>) -> Vec<(usize, &'c Column)> {
    columns.iter().enumerate().filter(|(at, _)| !paired.contains(at)).collect()
}

/// The different cells of a column, by their hashes.
fn cells_of(table: &Table, at: usize, work: &Work<'_>) -> Result<HashSet<u64>, TableError> {
    let mut found = HashSet::new();
    table.pass(&table.leaves([at]), |_, chunk| {
        work.go_on()?;
        let mut see = |text: &str| {
            if found.len() < LOOKED_AT {
                let mut hasher = DefaultHasher::new();
                text.trim().hash(&mut hasher);
                found.insert(hasher.finish());
            }
        };
        match chunk.field(at) {
            Some(Cells::Dictionary { values, .. }) => values.iter().flatten().for_each(&mut see),
            _ => (0..chunk.rows).for_each(|row| chunk.with_cell(table, at, row, &mut see)),
        }
        Ok(())
    })?;
    Ok(found)
}

/// Whether nearly all that the shorter one holds is in the other, and it is no small part of that.
fn are_alike(one: &HashSet<u64>, other: &HashSet<u64>) -> bool {
    let shared = one.intersection(other).count();
    shared > 0 && shared * 10 >= one.len().min(other.len()) * 9 && shared * 2 >= one.len().max(other.len())
}

#[cfg(test)]
mod tests {
    use domain::table::ColumnKind;

    use super::*;

    fn columns(headings: &[(&str, &str)]) -> Vec<Column> {
        let column = |(name, label): &(&str, &str)| Column {
            name: (*name).into(),
            label: (*label).into(),
            kind: ColumnKind::Text,
            role: ColumnRole::Dimension,
        };
        headings.iter().map(column).collect()
    }

    #[test]
    fn columns_belong_together_by_their_names_wherever_they_stand() {
        let (old, new) = (columns(&[("a", "A"), ("b", "B")]), columns(&[("b", "B"), ("c", "C"), ("a", "Other")]));
        assert_eq!(pairs(&old, &new, &[]), [(1, 0), (0, 2)]);
    }

    #[test]
    fn a_heading_that_stood_there_twice_stays_at_its_place() {
        let old = columns(&[("v", "V"), ("time", "time"), ("time-2", "time"), ("area", "area")]);
        let new = columns(&[("v", "V"), ("mmm-yy", "mmm-yy"), ("time", "time"), ("area", "area")]);
        assert_eq!(pairs(&old, &new, &[]), [(0, 0), (2, 2), (3, 3)]);
        let renamed = Renamed { before: "time".into(), after: "mmm-yy".into() };
        assert_eq!(pairs(&old, &new, &[renamed]), [(0, 0), (1, 1), (2, 2), (3, 3)]);
        // What is known already, or belongs to another, changes nothing.
        let known = [("time-2", "time"), ("area", "mmm-yy")];
        let known = known.map(|(before, after)| Renamed { before: before.into(), after: after.into() });
        assert_eq!(pairs(&old, &new, &known), [(0, 0), (2, 2), (3, 3)]);
    }

    #[test]
    fn a_heading_that_stands_there_twice_moves_on_by_its_name() {
        let old = columns(&[("time", "time"), ("time-2", "time"), ("area", "Area"), ("value", "Value")]);
        let new =
            columns(&[("note", "Note"), ("time", "time"), ("time-2", "time"), ("area", "Area"), ("value", "Value")]);
        assert_eq!(pairs(&old, &new, &[]), [(0, 1), (1, 2), (2, 3), (3, 4)]);
        assert_eq!(pairs(&new, &old, &[]), [(1, 0), (2, 1), (3, 2), (4, 3)]);
    }

    #[test]
    fn cells_are_alike_though_some_came() {
        let of = |range: std::ops::Range<u64>| range.collect::<HashSet<u64>>();
        assert!(
            are_alike(&of(0..1), &of(0..1)) && are_alike(&of(0..10), &of(0..12)) && are_alike(&of(0..20), &of(1..21))
        );
        assert!(
            !are_alike(&of(0..0), &of(0..0)) && !are_alike(&of(0..10), &of(5..15)) && !are_alike(&of(0..2), &of(0..9))
        );
    }
}
