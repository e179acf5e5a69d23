//! What changed between two tables.

use crate::made::{Row, file};
use tables::{Table, compare};

#[test]
fn added_removed_and_revised_are_told_by_their_keys() {
    let old: Vec<Row> = ["a", "b", "c", "c"].iter().zip(0..).map(|(area, at)| Row::plain(at, area)).collect();
    let mut new = old.clone();
    new[1].value = Some(3.0);
    new[3].count = Some(30);
    new[2].written = Some("1.50".to_owned());
    new.remove(0);
    new.push(Row::plain(9, "d"));
    let (old, new) = (file(&old, 2), file(&new, 3));
    let (old, new) = (Table::open(old.path()).unwrap(), Table::open(new.path()).unwrap());
    let changes = compare(&old, &new, 10, 0).unwrap();
    let key = |area: &str| vec![("area".to_owned(), area.to_owned()), ("time".to_owned(), "2019-03".to_owned())];
    assert_eq!((changes.rows_added.count, changes.rows_added.first), (1, vec![key("d")]));
    assert_eq!((changes.rows_removed.count, changes.rows_removed.first), (1, vec![key("a")]));
    assert_eq!(changes.cells_revised, 2);
    let told: Vec<_> = changes.revised.iter().map(|r| (&r.key, &*r.column, &*r.before, &*r.after)).collect();
    assert_eq!(told, [(&key("b"), "value", "1.5", "3"), (&key("c"), "count", "3", "30")]);
    assert_eq!(changes.largest[0].column, "count");
    assert!(changes.columns_added.is_empty() && changes.columns_retyped.is_empty());
    assert_eq!(compare(&old, &new, 10, 1).unwrap().revised.len(), 1);
    assert_eq!(compare(&old, &old, 10, 0).unwrap(), domain::changes::Changes::default());
}
