//! The whole catalogue: how many datasets stand under each letter, and all public ones by their ids.

use chrono::{DateTime, Utc};
use domain::language::Language;
use domain::policy::Reach;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::convert::instant;
use crate::datasets::{DatasetFilter, matching, visible};
use crate::entities::dataset;
use crate::error::Result;
use crate::title_order;

/// What comes next behind the letters from a to z, by the bytes that keys are sorted by.
const BEHIND_Z: char = '{';

/// The first letter by which the public title is sorted for the readers of a language.
fn initial(language: Language) -> Expr {
    Expr::cust(match language {
        Language::En => "SUBSTR(sort_en, 1, 1)",
        Language::Cy => "SUBSTR(sort_cy, 1, 1)",
    })
}

/// Whether the public title stands under this letter for the readers of a language, or under none: a part of their order.
pub(crate) fn under(letter: char, language: Language) -> Expr {
    let key = || Expr::col(title_order::column(language));
    let from = |letter: char| key().gte(letter.to_string());
    let before = |letter: char| key().lt(letter.to_string());
    let small = letter.to_ascii_lowercase();
    if !small.is_ascii_lowercase() {
        return before('a').or(from(BEHIND_Z));
    }
    let next = ('a'..=BEHIND_Z).skip_while(|other| *other != small).nth(1).unwrap_or(BEHIND_Z);
    from(small).and(before(next))
}

/// How many datasets that somebody of this reach sees begin with each letter in the language of the filter, in no order.
pub async fn initials_visible_to(
    db: &impl ConnectionTrait,
    reach: &Reach,
    filter: &DatasetFilter,
) -> Result<Vec<(String, i64)>> {
    let query = dataset::Entity::find()
        .filter(visible(reach))
        .filter(matching(filter, reach))
        .select_only()
        .column_as(initial(filter.language), "initial")
        .column_as(dataset::Column::Id.count(), "count")
        .group_by(initial(filter.language));
    Ok(query.into_tuple().all(db).await?)
}

/// A part of all public datasets by their ids, each with when its public part last changed.
pub async fn public_ids(db: &impl ConnectionTrait, offset: u64, limit: u64) -> Result<Vec<(String, DateTime<Utc>)>> {
    let rows: Vec<(String, Option<i64>, i64)> = dataset::Entity::find()
        .filter(visible(&Reach::PublishedOnly))
        .select_only()
        .columns([dataset::Column::Id, dataset::Column::PublicUpdatedAt, dataset::Column::LastUpdated])
        .order_by_asc(dataset::Column::Id)
        .limit(limit)
        .offset(offset)
        .into_tuple()
        .all(db)
        .await?;
    rows.into_iter().map(|(id, public, last)| Ok((id, instant(public.unwrap_or(last))?))).collect()
}
