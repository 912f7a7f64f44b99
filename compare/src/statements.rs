//! What the contenders that speak SQL have in common.

use rusqlite::{Connection, Result, Row, Statement};

/// The same prepared statements for each of these, in one transaction.
pub(crate) fn for_each<T, const N: usize>(
    connection: &mut Connection,
    items: impl Iterator<Item = T>,
    statements: [&str; N],
    mut run: impl FnMut(&mut [Statement<'_>; N], T) -> Result<()>,
) {
    let transaction = connection.transaction().expect("none is open");
    {
        let mut prepared = statements.map(|sql| transaction.prepare(sql).expect("it is SQL"));
        for item in items {
            run(&mut prepared, item).expect("nothing is refused");
        }
    }
    transaction.commit().expect("nothing is refused");
}

/// The first column, a number that has no sign here.
pub(crate) fn number(row: &Row<'_>) -> Result<u64> {
    row.get::<_, i64>(0).map(i64::cast_unsigned)
}
