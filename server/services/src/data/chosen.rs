//! What readers have to be told of a part of a table, as neither its figures nor a drawing of them say it: the one option that is left of a
//! dimension.

use domain::selection::Selection;
use domain::table::{Column, ColumnRole, DimensionOptions, OptionCount, wholeness};
use tables::{Table, TableError};

use super::explore::LISTED_DIMENSIONS;

/// The dimensions of which all `rows` of a selection have the same option, each with it, behind whose heading nothing stands where that is
/// blank: those in which somebody chose, and others in which that choice leaves one of several.
pub(super) fn of(table: &Table, selection: &Selection, rows: u64) -> Result<Vec<String>, TableError> {
    let filters = &selection.dimensions;
    if filters.is_empty() || rows == 0 {
        return Ok(Vec::new());
    }
    let words_of = |column: &Column| -> Option<&[String]> {
        filters.iter().find(|filter| filter.name == column.name).map(|filter| filter.options.as_slice())
    };
    let dimensions = table.columns().iter().filter(|column| column.role == ColumnRole::Dimension);
    let (chosen, others): (Vec<&Column>, Vec<&Column>) = dimensions.partition(|column| words_of(column).is_some());
    let mut told = Vec::new();
    for column in chosen.into_iter().chain(others.into_iter().take(LISTED_DIMENSIONS)) {
        // One dimension at a time: it may have very many options, of which no more than a text is kept.
        let counted = table.all_option_counts(selection, &[column.name.as_str()], usize::MAX)?;
        let option = counted.first().and_then(|counted| only(counted, words_of(column), rows));
        told.extend(option.map(|option| format!("{}: {option}", column.heading())));
    }
    Ok(told)
}

/// The option that all rows have; `words` are those that were asked for, if any.
fn only<'o>(counted: &'o DimensionOptions, words: Option<&'o [String]>, rows: u64) -> Option<&'o str> {
    let is_asked = |option: &OptionCount| {
        words.is_none_or(|words| words.iter().any(|word| *word == option.code || *word == option.label))
    };
    let mut left = counted.options.iter().filter(|option| option.count > 0 && is_asked(option));
    match (left.next(), left.next(), words) {
        // Where nobody chose, that it is the whole goes without saying; rows without an option have none in common.
        (Some(option), None, None) => {
            let is_one_of_several = counted.complete && counted.options.len() > 1 && option.count == rows;
            (is_one_of_several && wholeness(&option.label) < 3).then(|| name_of(option))
        }
        (Some(option), None, Some(_)) if option.count == rows => Some(name_of(option)),
        // Of very many options not all are known by their names.
        (None, None, Some([word])) => Some(word),
        _ => None,
    }
}

fn name_of(option: &OptionCount) -> &str {
    let label = option.label.trim();
    if label.is_empty() { option.code.trim() } else { label }
}

#[cfg(test)]
mod tests {
    use domain::selection::DataQuery;
    use tables::{Limits, build};

    use super::*;

    #[test]
    fn what_is_left_of_each_dimension_is_told() {
        let rows: &[u8] = b"Country,Series,Sex,Year,Value\nWales,Adjusted,Male,2024,1\nWales,Adjusted,,2024,3\n\
            England,Adjusted,Male,2024,2\nEngland,Raw,Male,2024,5\nScotland,Total,Female,2024,6\n";
        let file = tempfile::NamedTempFile::new().unwrap();
        build(&rows, "rates.csv", Limits { preview_rows: 1, options: 10 }, file.reopen().unwrap()).unwrap();
        let table = Table::open(file.path()).unwrap();
        let told = |raw: &str| {
            let selection = DataQuery::parse(raw).unwrap().selection;
            of(&table, &selection, table.count(&selection).unwrap()).unwrap()
        };
        assert_eq!(told(""), [""; 0]);
        // Not of all rows it is said whether they are of men.
        assert_eq!(told("dim.Country=Wales"), ["Country: Wales", "Series: Adjusted"]);
        assert_eq!(told("dim.Series=Raw"), ["Series: Raw", "Country: England", "Sex: Male"]);
        assert_eq!(told("dim.Country=Wales,England"), [""; 0]);
        assert_eq!(told("dim.Country=Wales,England&dim.Series=Raw"), ["Country: England", "Series: Raw", "Sex: Male"]);
        assert_eq!(told("dim.Country=Scotland"), ["Country: Scotland", "Sex: Female"], "the whole goes without saying");
        assert_eq!(told("dim.Country=Nowhere"), [""; 0]);
        assert_eq!(
            told("dim.Sex="),
            ["Sex: ", "Country: Wales", "Series: Adjusted"],
            "pages have words for blank cells"
        );
    }
}
