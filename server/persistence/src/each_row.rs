//! Updates that write to each of many rows values of its own, in one statement.

use sea_orm::sea_query::{Alias, CommonTableExpression, DynIden, Expr, IntoIden, Query, UpdateStatement, Values};
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait};

/// What the table of the values is called within the statement.
const GIVEN: &str = "given";

/// An update of the rows that have one of the ids given, each with its own values: of at least one row, and of each first the id and
/// then the others in the order of the columns. Conditions may be added, see [`given`].
pub fn update<E: EntityTrait>(id: E::Column, columns: &[E::Column], rows: Vec<Values>) -> UpdateStatement {
    let mut values = CommonTableExpression::new();
    values.table_name(Alias::new(GIVEN)).column(id).columns(columns.iter().copied()).values(rows);
    let mut update = Query::update();
    update.table(E::default().table_ref()).from(Alias::new(GIVEN)).with_cte(values);
    for column in columns {
        update.value(*column, Expr::col(given(*column)));
    }
    update.and_where(Expr::col(id.as_column_ref()).equals(given(id)));
    update
}

/// The value that was given for a column of a row.
pub fn given(column: impl ColumnTrait) -> (DynIden, DynIden) {
    (Alias::new(GIVEN).into_iden(), column.into_iden())
}
