//! Which columns of some rows stand in their table, and in which order, so that the figure is in sight.

use super::{Column, ColumnKind, ColumnRole};

/// The longest text that is told above a table instead of in each of its rows, in characters.
const MOST_TOLD: usize = 100;
/// What the one column of figures is headed with in tables that say in others what is measured.
const FIGURES: [&str; 4] = ["value", "observation", "observations", "obs_value"];

/// The columns of some rows by their places: those that stand in the table, and those of which is told above it what they say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// Those that stand in the table, in this order.
    pub shown: Vec<usize>,
    /// Those that say the same in every row.
    pub alike: Vec<usize>,
    /// Those that say nothing in any row.
    pub empty: Vec<usize>,
}

impl Layout {
    /// Every column where it was published.
    #[must_use]
    pub fn as_published(columns: &[Column]) -> Self {
        Self { shown: (0..columns.len()).collect(), ..Self::default() }
    }

    /// Leaves out what says the same in all of these rows, but for figures and the columns with these names, and puts the first
    /// figure right after the period.
    #[must_use]
    pub fn of(columns: &[Column], rows: &[Vec<String>], kept: &[&str]) -> Self {
        let mut layout = Self::default();
        for (at, column) in columns.iter().enumerate() {
            let is_kept = column.role == ColumnRole::Measure || kept.contains(&column.name.as_str());
            match said_by_all(rows, at).filter(|_| !is_kept) {
                Some("") => layout.empty.push(at),
                // Of one row everything would be the same.
                Some(_) if rows.len() > 1 => layout.alike.push(at),
                _ => layout.shown.push(at),
            }
        }
        if layout.shown.is_empty() {
            return Self::as_published(columns);
        }
        layout.bring_figure_forward(columns);
        layout
    }

    /// Whether every column stands in the table, wherever.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.alike.is_empty() && self.empty.is_empty()
    }

    /// Whether every column stands where it was published.
    #[must_use]
    pub fn is_as_published(&self) -> bool {
        self.is_whole() && self.shown.is_sorted()
    }

    fn bring_figure_forward(&mut self, columns: &[Column]) {
        let place = |is_wanted: fn(&Column) -> bool| {
            let is_there = |at: &usize| columns.get(*at).is_some_and(is_wanted);
            self.shown.iter().position(is_there)
        };
        let period = place(|column| column.kind == ColumnKind::Time);
        let figure = place(is_called_figure).or_else(|| place(|column| column.role == ColumnRole::Measure));
        if let (Some(period), Some(figure)) = (period, figure)
            && figure > period + 1
        {
            let moved = self.shown.remove(figure);
            self.shown.insert(period + 1, moved);
        }
    }
}

/// Whether a measure is the figure by its heading, where others may be numbers that only tell what a row is about.
fn is_called_figure(column: &Column) -> bool {
    column.role == ColumnRole::Measure && FIGURES.iter().any(|name| column.heading().eq_ignore_ascii_case(name))
}

/// What every row says in a column, where that is the same and short enough to be told above them.
fn said_by_all(rows: &[Vec<String>], at: usize) -> Option<&str> {
    let mut cells = rows.iter().map(|row| row.get(at).map_or("", |cell| cell.trim()));
    let first = cells.next().filter(|cell| cell.chars().count() <= MOST_TOLD)?;
    cells.all(|cell| cell == first).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(name: &str, kind: ColumnKind, role: ColumnRole) -> Column {
        Column { name: name.to_owned(), label: name.to_owned(), kind, role }
    }

    /// Columns as a table of unemployment has them.
    fn columns() -> Vec<Column> {
        let dimension = |name| column(name, ColumnKind::Text, ColumnRole::Dimension);
        vec![
            column("Year", ColumnKind::Time, ColumnRole::Dimension),
            dimension("Age"),
            dimension("Country"),
            column("Unit", ColumnKind::Text, ColumnRole::Attribute),
            column("Value", ColumnKind::Number, ColumnRole::Measure),
        ]
    }

    fn rows(rows: &[[&str; 5]]) -> Vec<Vec<String>> {
        rows.iter().map(|row| row.map(str::to_owned).to_vec()).collect()
    }

    #[test]
    fn what_all_rows_say_alike_is_left_out_and_the_figure_follows_the_period() {
        let some = rows(&[["2000", "", "Wales", "%", "5.8"], ["2001", " ", "England", "%", "5.8"]]);
        let layout = Layout::of(&columns(), &some, &[]);
        assert_eq!(layout, Layout { shown: vec![0, 4, 2], alike: vec![3], empty: vec![1] });
        assert!(!layout.is_as_published() && !layout.is_whole());
        // What they are sorted by stays, so that it can be seen and taken back.
        assert_eq!(Layout::of(&columns(), &some, &["Unit"]).shown, [0, 4, 2, 3]);
        // Of another part something else is alike.
        let others = rows(&[["2000", "16", "Wales", "%", "5"], ["2000", "17", "Wales", "x", "6"]]);
        assert_eq!(
            Layout::of(&columns(), &others, &[]),
            Layout { shown: vec![1, 3, 4], alike: vec![0, 2], empty: vec![] }
        );
    }

    #[test]
    fn figures_and_single_rows_stay() {
        let one = rows(&[["2000", "", "Wales", "%", "5.8"]]);
        assert_eq!(
            Layout::of(&columns(), &one, &[]),
            Layout { shown: vec![0, 4, 2, 3], alike: vec![], empty: vec![1] }
        );
        let whole = Layout::as_published(&columns());
        assert!(whole.is_as_published() && whole.shown == [0, 1, 2, 3, 4]);
        assert_eq!(Layout::of(&columns(), &[], &[]).shown.len(), 5);
        // A number that tells what a row is about is not taken for its figure.
        let mut aged = columns();
        aged[1] = column("Age", ColumnKind::Integer, ColumnRole::Measure);
        let ages = rows(&[["2000", "16", "Wales", "%", "5"], ["2001", "17", "England", "x", "6"]]);
        assert_eq!(Layout::of(&aged, &ages, &[]).shown, [0, 4, 1, 2, 3]);
        let moved = Layout::of(&columns(), &ages, &[]);
        assert!(moved.is_whole() && !moved.is_as_published(), "its figure alone was moved");
        let long = "words ".repeat(30);
        let long = rows(&[["2000", &long, "Wales", "%", "5"], ["2001", &long, "Wales", "%", "6"]]);
        assert_eq!(Layout::of(&columns(), &long, &[]).shown, [0, 4, 1]);
    }

    #[test]
    fn where_nothing_differs_everything_stays() {
        let without_figures = columns().into_iter().take(4).collect::<Vec<_>>();
        let same = rows(&[["2000", "16", "Wales", "%", ""], ["2000", "16", "Wales", "%", ""]]);
        assert!(Layout::of(&without_figures, &same, &[]).is_as_published());
    }
}
