//! Where the cells begin: the delimiter, the rows before the headings, the headings.

use crate::{
    cells, period,
    records::{Dialect, Place, Record, Records},
};

/// Records looked at to find the layout.
const SAMPLE: usize = 64;
const DELIMITERS: [u8; 4] = [b',', b'\t', b';', b'|'];
/// The rows that the time series generator of statistics offices writes before its figures.
const SERIES_KEYS: [&str; 8] =
    ["title", "cdid", "source dataset id", "preunit", "unit", "release date", "next release", "important notes"];

/// What was found before the first figure.
#[derive(Debug)]
pub(crate) struct Layout {
    pub delimiter: u8,
    /// Records before the headings or, without headings, before the data; blank lines included.
    pub preamble: usize,
    pub header: bool,
    /// Headings that the preamble gives in place of a heading row, each with its name.
    pub named_by_preamble: Option<[(String, String); 2]>,
}

/// The first text of a file, and whether it is all of it.
#[derive(Clone, Copy)]
pub(crate) struct Head<'t> {
    pub text: &'t str,
    pub last: bool,
}

/// Finds the layout from the first records; the rows of a sheet are always separated by commas.
pub(crate) fn find(head: Head<'_>, sheet: bool) -> Layout {
    let delimiter = if sheet { b',' } else { delimiter(head) };
    let sample = sample(head, Dialect { delimiter, sheet });
    if let Some(layout) = time_series(&sample, delimiter) {
        return layout;
    }
    let preamble = preamble(&sample);
    let rest: Vec<&Record> = sample[preamble.min(sample.len())..].iter().filter(|record| !record.is_blank()).collect();
    let header = match rest.split_first() {
        Some((first, following)) => !is_data(first, following),
        None => false,
    };
    Layout { delimiter, preamble, header, named_by_preamble: None }
}

/// The delimiter under which most rows are equally wide; a comma where there is only one column.
fn delimiter(head: Head<'_>) -> u8 {
    let mut best = (b',', 0, 0);
    for candidate in DELIMITERS {
        let sample = sample(head, Dialect { delimiter: candidate, sheet: false });
        let (width, rows) = common_width(&sample);
        let all = sample.iter().filter(|record| !record.is_blank()).count().max(1);
        let agreement = rows * 1000 / all;
        if width > 1 && (agreement, width) > (best.1, best.2) {
            best = (candidate, agreement, width);
        }
    }
    best.0
}

fn sample(head: Head<'_>, dialect: Dialect) -> Vec<Record<'_>> {
    let mut records = Records::resume(head.text, dialect, Place::default(), head.last);
    let mut sample = Vec::new();
    let mut record = Record::default();
    while sample.len() < SAMPLE && records.read(&mut record).unwrap_or(false) {
        sample.push(std::mem::take(&mut record));
    }
    sample
}

/// The width that most records share and how many do; the wider one in a tie.
fn common_width(sample: &[Record]) -> (usize, usize) {
    let widths: Vec<usize> =
        sample.iter().filter(|record| !record.is_blank()).map(|record| record.cells.len()).collect();
    widths
        .iter()
        .map(|width| (widths.iter().filter(|other| *other == width).count(), *width))
        .max()
        .map_or((0, 0), |(count, width)| (width, count))
}

/// Rows before the headings: titles and remarks that leave most of the width empty.
fn preamble(sample: &[Record]) -> usize {
    let (width, _) = common_width(sample);
    let remark = |record: &Record| {
        let filled = record.filled();
        filled == 0
            || (record.cells.len() == 1 && width > 1)
            || (filled == 1 && width > 2)
            || (record.cells.len() != width && filled * 2 <= width && width > 3)
    };
    let first = sample.iter().position(|record| !remark(record)).unwrap_or(0);
    // Where everything looks like a remark, nothing is one.
    if first >= sample.len().min(SAMPLE / 2) { 0 } else { first }
}

fn time_series(sample: &[Record], delimiter: u8) -> Option<Layout> {
    let key = |record: &Record| record.cells.first().map(|cell| cell.trim().to_lowercase()).unwrap_or_default();
    if sample.len() < 3 || key(&sample[0]) != "title" || key(&sample[1]) != "cdid" {
        return None;
    }
    let value = |index: usize| sample[index].cells.get(1).map(|cell| cell.trim().to_owned()).unwrap_or_default();
    let preamble = sample.iter().take_while(|record| SERIES_KEYS.contains(&key(record).as_str())).count();
    Some(Layout {
        delimiter,
        preamble,
        header: false,
        named_by_preamble: Some([("Period".to_owned(), "period".to_owned()), (value(0), value(1))]),
    })
}

/// Whether the first row already holds data: a figure or period stands over others of its kind.
fn is_data(first: &Record, following: &[&Record]) -> bool {
    let kinds: Vec<Kind> = first.cells.iter().map(|cell| kind(cell)).collect();
    let periods = kinds.iter().filter(|kind| **kind == Kind::Period).count();
    let figures = kinds.iter().filter(|kind| **kind == Kind::Figure).count();
    if figures == 0
        && periods > 2
        && first.cells.iter().enumerate().all(|(at, cell)| {
            kinds[at] != Kind::Period || first.cells.iter().filter(|other| *other == cell).count() == 1
        })
    {
        return false;
    }
    let mut over_same = false;
    for (at, mine) in kinds.iter().enumerate() {
        let below: Vec<Kind> = following
            .iter()
            .filter_map(|record| record.cells.get(at))
            .map(|cell| kind(cell))
            .filter(|kind| *kind != Kind::Nothing)
            .collect();
        if below.is_empty() {
            continue;
        }
        let share = |wanted: Kind| below.iter().filter(|kind| **kind == wanted).count() * 10 >= below.len() * 8;
        let mostly_values = below.iter().filter(|kind| **kind != Kind::Word).count() * 10 >= below.len() * 8;
        match mine {
            Kind::Word if mostly_values => return false,
            Kind::Figure | Kind::Period if share(*mine) => over_same = true,
            _ => {}
        }
    }
    over_same
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Nothing,
    Figure,
    Period,
    Word,
}

fn kind(cell: &str) -> Kind {
    if cells::is_missing(cell) {
        Kind::Nothing
    } else if period::forms(cell) != 0 {
        Kind::Period
    } else if cells::number(cell).is_some() || cells::comma_number(cell).is_some() {
        Kind::Figure
    } else {
        Kind::Word
    }
}

#[cfg(test)]
mod tests {
    use super::{Head, Layout};

    fn find(text: &str) -> Layout {
        super::find(Head { text, last: true }, false)
    }

    #[test]
    fn a_table_without_headings_is_told_by_its_first_row() {
        assert!(!find("Hartlepool,12.5\nRedcar,10.1\nYork,9\n").header);
        assert!(!find("2001,5\n2002,6\n2003,7\n").header);
        assert!(find("area,2019\nHartlepool,12\nRedcar,10\n").header);
        assert!(find(",2001,2002,2003\nRice,1,2,3\nBread,4,5,6\n").header);
        assert!(find("area,name\nA,B\n").header);
    }

    #[test]
    fn titles_and_remarks_stand_before_the_headings() {
        let layout = find("Table 1: Deaths\n\nSource: registrations\narea,2019,2020\nA,1,2\nB,3,4\n");
        assert_eq!((layout.preamble, layout.header), (3, true));
        assert_eq!(find("area,note\nA,\nB,\n").preamble, 0);
    }

    #[test]
    fn decimal_commas_do_not_hide_the_semicolon() {
        assert_eq!(find("a;b\n1,5;2,5\n3,5;4,5\n").delimiter, b';');
        assert_eq!(find("a|b\n1|2\n").delimiter, b'|');
        assert_eq!(find("name\nCardiff\n").delimiter, b',');
    }
}
