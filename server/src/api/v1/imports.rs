//! Imports that were carried out.

use chrono::{DateTime, Utc};
use domain::imported::{CarriedOut, ImportFate, ImportSheet, ImportSummary, ImportedItem, ImportedKind};
use serde::Serialize;
use utoipa::ToSchema;

use super::{ActorBody, Links, segment};

/// An import that was carried out.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportBody {
    #[schema(format = "uuid")]
    id: String,
    carried_out_by: ActorBody,
    carried_out_at: DateTime<Utc>,
    /// Who undid it last; not there where nobody did.
    #[serde(skip_serializing_if = "Option::is_none")]
    undone_by: Option<ActorBody>,
    #[serde(skip_serializing_if = "Option::is_none")]
    undone_at: Option<DateTime<Utc>>,
    /// How many things it made: datasets, editions, versions and files.
    made: u64,
    /// How many things it changed.
    changed: u64,
    /// How many of both were taken back.
    taken_back: u64,
    links: Links,
}

impl ImportBody {
    fn new(import: &CarriedOut, (made, changed): (u64, u64), taken_back: u64) -> Self {
        let path = import_path(&import.id);
        Self {
            id: import.id.clone(),
            carried_out_by: (&import.by).into(),
            carried_out_at: import.at,
            undone_by: import.undone.as_ref().map(|(by, _)| by.into()),
            undone_at: import.undone.as_ref().map(|(_, at)| *at),
            made,
            changed,
            taken_back,
            links: Links::from([("undo", format!("{path}/undo")), ("self", path)]),
        }
    }
}

impl From<&ImportSummary> for ImportBody {
    fn from(summary: &ImportSummary) -> Self {
        Self::new(&summary.import, summary.made_and_changed(), summary.taken_back)
    }
}

/// What becomes of a thing once its import is undone.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum ImportFateBody {
    /// It is deleted where the import made it, else put back as it was.
    Goes,
    /// It stays, for the `reason`.
    Stays,
    /// It is not there any more.
    Gone,
    /// It was taken back before.
    TakenBack,
}

/// One thing that an import did.
#[derive(Debug, Serialize, ToSchema)]
struct ImportedThingBody {
    /// What was done: `draft` and `details` were changed, everything else was made.
    kind: ImportedKind,
    dataset_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    edition: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "1")]
    version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    filename: Option<String>,
    /// What becomes of it if the import is undone now.
    outcome: ImportFateBody,
    /// Why it stays.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    taken_back_at: Option<DateTime<Utc>>,
}

impl ImportedThingBody {
    fn new(item: &ImportedItem, fate: &ImportFate) -> Self {
        let (outcome, reason) = match fate {
            ImportFate::TakenBack => (ImportFateBody::Goes, None),
            ImportFate::Stays(why) => (ImportFateBody::Stays, Some(why.clone())),
            ImportFate::Gone => (ImportFateBody::Gone, None),
            ImportFate::Before(_) => (ImportFateBody::TakenBack, None),
        };
        Self {
            kind: item.kind,
            dataset_id: item.dataset_id.clone(),
            edition: item.edition.clone(),
            version: item.version.map(|number| number.to_string()),
            filename: item.filename.clone(),
            outcome,
            reason,
            taken_back_at: item.taken_back_at,
        }
    }
}

/// An import with everything that it did.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportSheetBody {
    #[serde(flatten)]
    import: ImportBody,
    /// How many things undoing it now would take back: the number that is sent to undo it.
    to_take_back: usize,
    /// How many things would stay.
    staying: usize,
    /// The things in the order in which they were done.
    things: Vec<ImportedThingBody>,
}

impl From<&ImportSheet> for ImportSheetBody {
    fn from(sheet: &ImportSheet) -> Self {
        let number = |fits: fn(&ImportedItem) -> bool| {
            sheet.things.iter().filter(|(item, _)| fits(item)).fold(0_u64, |number, _| number.saturating_add(1))
        };
        let counts = (number(|item| item.kind.is_made()), number(|item| !item.kind.is_made()));
        let taken_back = number(|item| item.taken_back_at.is_some());
        Self {
            import: ImportBody::new(&sheet.import, counts, taken_back),
            to_take_back: sheet.to_take_back(),
            staying: sheet.staying(),
            things: sheet.things.iter().map(|(item, fate)| ImportedThingBody::new(item, fate)).collect(),
        }
    }
}

/// The address of an import.
fn import_path(id: &str) -> String {
    format!("/v1/imports/{}", segment(id))
}

#[cfg(test)]
mod tests {
    use domain::actor::Actor;

    use super::*;

    #[test]
    fn every_fate_has_a_word_and_only_what_stays_a_reason() {
        let at = DateTime::UNIX_EPOCH;
        let import = CarriedOut { id: "i".to_owned(), by: Actor::system("test"), at, undone: None };
        let item = |kind, taken_back_at| ImportedItem { taken_back_at, ..ImportedItem::new(kind, "cpi", 1, at) };
        let things = vec![
            (item(ImportedKind::Dataset, None), ImportFate::TakenBack),
            (item(ImportedKind::Draft, None), ImportFate::Stays("It is public.".to_owned())),
            (item(ImportedKind::Edition, None), ImportFate::Gone),
            (item(ImportedKind::Version, Some(at)), ImportFate::Before(at)),
        ];
        let told = serde_json::to_value(ImportSheetBody::from(&ImportSheet { import, things })).unwrap();
        let outcomes: Vec<_> =
            told["things"].as_array().unwrap().iter().map(|thing| thing["outcome"].as_str().unwrap()).collect();
        assert_eq!(outcomes, ["goes", "stays", "gone", "taken_back"]);
        assert_eq!((&told["things"][1]["reason"], told["things"][0].get("reason")), (&"It is public.".into(), None));
        let numbers = ["made", "changed", "taken_back", "to_take_back", "staying"].map(|name| told[name].as_u64());
        assert_eq!(numbers, [Some(3), Some(1), Some(1), Some(1), Some(1)]);
        assert_eq!(told["links"]["undo"], "/v1/imports/i/undo");
        assert!(told.get("undone_by").is_none());
    }
}
