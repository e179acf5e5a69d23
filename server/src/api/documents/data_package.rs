//! A version as a Data Package (<https://specs.frictionlessdata.io/data-package/>).

use domain::file::File;
use domain::table::{Column, ColumnKind};
use domain::version::ColumnNote;
use domain::views::VersionPage;
use serde_json::{Value, json};

use super::{Marks, Place, missing_markers};

/// The package: the metadata, and each file as a resource.
pub fn document(page: &VersionPage, place: Place) -> Value {
    let base = place.base();
    let metadata = page.dataset.shown();
    let contributors: Vec<Value> =
        metadata.contacts.iter().map(|c| json!({"title": c.name, "email": c.email, "role": "contributor"})).collect();
    let mut package = json!({
        "name": format!("{}-{}-{}", page.dataset.id, page.version.edition, page.version.version),
        "id": format!("{base}{}", page.version.page_path()),
        "title": metadata.title,
        "description": metadata.description,
        "version": page.version.version.to_string(),
        "created": page.version.metadata.release_date,
        "homepage": format!("{base}{}", page.version.page_path()),
        "keywords": metadata.keywords,
        "licenses": [{"title": metadata.licence, "path": metadata.licence_url}],
        "resources": page.files.iter().map(|(file, _)| resource(file, &page.version.metadata.column_notes, place)).collect::<Vec<_>>(),
    });
    if let Some(source) = &metadata.is_based_on {
        let mut named = json!({"title": source.id});
        if source.is_address() {
            let path = if source.id.starts_with('/') { format!("{base}{}", source.id) } else { source.id.clone() };
            named["path"] = path.into();
        }
        package["sources"] = json!([named]);
    }
    if !contributors.is_empty() {
        package["contributors"] = contributors.into();
    }
    package
}

fn resource(file: &File, notes: &[ColumnNote], place: Place) -> Value {
    let name: String =
        file.filename.to_lowercase().chars().map(|c| if c.is_alphanumeric() || c == '.' { c } else { '-' }).collect();
    let mut resource = json!({
        "name": name,
        "title": file.title,
        "path": place.of(file),
        "format": file.format,
        "mediatype": file.media_type,
        "bytes": file.size,
        "hash": format!("sha256:{}", file.sha256),
    });
    if let Some(profile) = file.profile.as_ref().filter(|_| file.format == "csv") {
        resource["encoding"] = profile.encoding.to_lowercase().into();
        let mut dialect = json!({"delimiter": profile.delimiter.to_string(), "header": profile.header});
        if profile.header && profile.preamble_rows > 0 {
            dialect["headerRows"] = json!([profile.preamble_rows + 1]);
        } else if profile.preamble_rows > 0 {
            dialect["commentRows"] = json!((1..=profile.preamble_rows).collect::<Vec<_>>());
        }
        resource["dialect"] = dialect;
        resource["schema"] = json!({
            "fields": (0..).zip(&profile.columns).map(|(at, column)| field(column, notes, Marks::of(profile, at))).collect::<Vec<_>>(),
            "missingValues": missing_markers(),
        });
        resource["profile"] = "tabular-data-resource".into();
    }
    resource
}

fn field(column: &Column, notes: &[ColumnNote], marks: Marks) -> Value {
    let kind = match column.kind {
        ColumnKind::Number => "number",
        // The standard groups the digits of numbers alone.
        ColumnKind::Integer if marks.group.is_some() => "number",
        ColumnKind::Integer => "integer",
        ColumnKind::Text | ColumnKind::Time => "string",
    };
    let mut field = json!({"name": column.label, "type": kind});
    if let Some(note) = ColumnNote::about(notes, &column.name) {
        for (name, text) in [("title", &note.label), ("description", &note.description)] {
            if !text.is_empty() {
                field[name] = text.clone().into();
            }
        }
    }
    if column.kind.is_numeric() {
        for (name, mark) in [("decimalChar", marks.decimal), ("groupChar", marks.group)] {
            if let Some(mark) = mark {
                field[name] = mark.into();
            }
        }
    }
    field
}
