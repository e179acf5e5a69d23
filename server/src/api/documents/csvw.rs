//! The tables of a version as CSV on the Web describes them (<https://www.w3.org/TR/tabular-metadata/>).

use domain::file::File;
use domain::table::{Column, ColumnKind, Profile};
use domain::version::ColumnNote;
use domain::views::VersionPage;
use serde_json::{Value, json};

use super::{Marks, Place, missing_markers};

/// The description of the CSV files; `None` where there is none.
pub fn document(page: &VersionPage, place: Place) -> Option<Value> {
    let notes = &page.version.metadata.column_notes;
    let tables: Vec<Value> = page
        .files
        .iter()
        .filter(|(file, _)| file.is_csv_table())
        .filter_map(|(file, _)| Some(table(file, file.profile.as_ref()?, notes, place)))
        .collect();
    if tables.is_empty() {
        return None;
    }
    let metadata = page.dataset.shown();
    Some(json!({
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "dc:title": metadata.title,
        "dc:description": metadata.description,
        "dc:identifier": page.version.reference(),
        "dc:publisher": metadata.publisher,
        "dc:license": {"@id": metadata.licence_url},
        "dc:issued": page.version.metadata.release_date,
        "dcat:keyword": metadata.keywords,
        "tables": tables,
    }))
}

fn table(file: &File, profile: &Profile, notes: &[ColumnNote], place: Place) -> Value {
    let columns = (0..).zip(&profile.columns).map(|(at, one)| noted(column(one, Marks::of(profile, at)), one, notes));
    let columns: Vec<Value> = columns.collect();
    json!({
        "url": place.of(file),
        "dc:title": file.title,
        "dialect": {
            "encoding": profile.encoding.to_lowercase(),
            "delimiter": profile.delimiter.to_string(),
            "header": profile.header,
            "headerRowCount": u8::from(profile.header),
            "skipRows": profile.preamble_rows,
        },
        "null": missing_markers(),
        "tableSchema": {"columns": columns},
    })
}

/// The column with what editors call it and say it holds. Its heading stays among its titles, by which programs know it in the file.
fn noted(mut described: Value, column: &Column, notes: &[ColumnNote]) -> Value {
    let Some(note) = ColumnNote::about(notes, &column.name) else { return described };
    if !note.label.is_empty() {
        let titles: Vec<&str> =
            [note.label.as_str(), &column.label].into_iter().filter(|title| !title.is_empty()).collect();
        described["titles"] = json!(titles);
    }
    if !note.description.is_empty() {
        described["dc:description"] = note.description.clone().into();
    }
    described
}

/// A column of CSV that the catalogue wrote of a table: figures are plain there, however they were sent.
pub(in crate::api) fn column_of_csv(of: &Column) -> Value {
    column(of, Marks::default())
}

/// The same of CSV that a program of before wrote, where figures stand as they were sent, by the column's place in the table.
pub(in crate::api) fn column_as_sent(of: &Column, profile: &Profile, at: usize) -> Value {
    column(of, Marks::of(profile, at))
}

fn column(column: &Column, marks: Marks) -> Value {
    let base = match column.kind {
        // Readers of the standard know marks in decimals; of numbers, which may have exponents as well, most do not.
        ColumnKind::Number if marks.decimal.or(marks.group).is_some() => "decimal",
        ColumnKind::Number => "number",
        ColumnKind::Integer => "integer",
        ColumnKind::Text | ColumnKind::Time => "string",
    };
    let datatype = match (column.kind.is_numeric(), marks) {
        (true, Marks { decimal: Some(decimal), group }) => {
            json!({"base": base, "format": {"decimalChar": decimal, "groupChar": group}})
        }
        (true, Marks { group: Some(group), .. }) => json!({"base": base, "format": {"groupChar": group}}),
        _ => json!(base),
    };
    // A column's name holds no hyphen-free guarantee in CSVW; its rules are those of URI template variables.
    let name: String = column.name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    let name = if name.starts_with('_') { format!("c{name}") } else { name };
    json!({"name": name, "titles": column.label, "datatype": datatype})
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How a column of figures is described of which these cells are known.
    fn described(kind: &str, cells: &[&str], decimal_comma: bool) -> Value {
        let profile: Profile = serde_json::from_value(json!({
            "encoding": "UTF-8", "byte_order_mark": false, "delimiter": ",", "line_endings": "LF", "preamble_rows": 0,
            "header": true, "decimal_comma": decimal_comma, "rows": 3, "problems": [],
            "columns": [{"name": "v", "label": "V", "kind": kind, "role": "measure"}],
            "statistics": [{"distinct": 3, "exact": true, "missing": 0, "samples": cells}],
        }))
        .unwrap();
        let of = &profile.columns[0];
        assert!(column_of_csv(of)["datatype"].is_string(), "figures that the catalogue wrote have no marks");
        column_as_sent(of, &profile, 0)["datatype"].clone()
    }

    #[test]
    fn figures_are_described_as_they_stand_in_the_file() {
        assert_eq!(described("integer", &["1500", "7"], false), json!("integer"));
        assert_eq!(described("number", &["1.5"], false), json!("number"));
        let commas = json!({"groupChar": ","});
        assert_eq!(described("integer", &["7", "1,500"], false), json!({"base": "integer", "format": commas}));
        assert_eq!(described("number", &["1,500.5"], false), json!({"base": "decimal", "format": commas}));
        let marks = json!({"decimalChar": ",", "groupChar": "."});
        assert_eq!(described("number", &["1,5"], true), json!({"base": "decimal", "format": marks}));
        assert_eq!(described("text", &["1,5"], true), json!("string"));
    }
}
