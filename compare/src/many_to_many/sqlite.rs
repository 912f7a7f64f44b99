//! Two tables in memory and one of their links, indexed from either side;
//! statements are prepared once, and a list of operations is one transaction.

use rusqlite::Connection;

use super::{Ids, ManyToMany, Pair};
use crate::memory::Heap;
use crate::one_to_many::plan::fold;
use crate::statements::{for_each, number};

pub(crate) struct Tables(Connection);

const SCHEMA: &str = "
    PRAGMA foreign_keys = ON;
    CREATE TABLE lefts (id INTEGER PRIMARY KEY, payload INTEGER NOT NULL);
    CREATE TABLE rights (id INTEGER PRIMARY KEY, payload INTEGER NOT NULL);
    CREATE TABLE links (
        left INTEGER NOT NULL REFERENCES lefts ON DELETE CASCADE,
        right INTEGER NOT NULL REFERENCES rights ON DELETE CASCADE,
        PRIMARY KEY (left, right)
    ) WITHOUT ROWID;
    CREATE INDEX links_by_right ON links (right, left);
";

const RIGHTS: &str = "SELECT rights.payload FROM links
    JOIN rights ON rights.id = links.right WHERE links.left = ?1";
const LEFTS: &str = "SELECT lefts.payload FROM links
    JOIN lefts ON lefts.id = links.left WHERE links.right = ?1";

impl Tables {
    fn row(&self, sql: &str, of: i64) -> Vec<u64> {
        let mut select = self.0.prepare_cached(sql).expect("it is SQL");
        let rows = select.query_map([of], number).expect("nothing is refused");
        rows.map(|row| row.expect("it is a number")).collect()
    }
}

impl ManyToMany for Tables {
    type Left = i64;
    type Right = i64;

    const HEAP: Heap = Heap::C;

    fn empty() -> Self {
        let connection = Connection::open_in_memory().expect("there is memory");
        connection.execute_batch(SCHEMA).expect("it is SQL");
        Self(connection)
    }

    fn insert(&mut self, count: u32, ids: &mut Ids<Self>) {
        let lefts = "INSERT INTO lefts (payload) VALUES (?1)";
        for_each(&mut self.0, 0..count, [lefts], |[insert], payload| {
            ids.lefts.push(insert.insert([payload])?);
            Ok(())
        });
        let rights = "INSERT INTO rights (payload) VALUES (?1)";
        for_each(&mut self.0, 0..count, [rights], |[insert], payload| {
            ids.rights.push(insert.insert([payload])?);
            Ok(())
        });
    }

    fn add(&mut self, pairs: &[Pair<Self>]) {
        let insert = "INSERT OR IGNORE INTO links (left, right) VALUES (?1, ?2)";
        for_each(
            &mut self.0,
            pairs.iter(),
            [insert],
            |[insert], (left, right)| insert.execute([left, right]).map(drop),
        );
    }

    fn remove(&mut self, pairs: &[Pair<Self>]) {
        let delete = "DELETE FROM links WHERE left = ?1 AND right = ?2";
        for_each(
            &mut self.0,
            pairs.iter(),
            [delete],
            |[delete], (left, right)| delete.execute([left, right]).map(drop),
        );
    }

    fn count_linked(&mut self, pairs: &[Pair<Self>]) -> usize {
        let mut count = 0;
        let select = "SELECT 1 FROM links WHERE left = ?1 AND right = ?2";
        for_each(
            &mut self.0,
            pairs.iter(),
            [select],
            |[select], (left, right)| {
                count += usize::from(select.exists([left, right])?);
                Ok(())
            },
        );
        count
    }

    fn iterate(&mut self, lefts: &[i64]) -> u64 {
        let mut sums = Vec::with_capacity(lefts.len());
        for_each(&mut self.0, lefts.iter(), [RIGHTS], |[select], left| {
            let mut sum = 0;
            let mut rows = select.query([left])?;
            while let Some(row) = rows.next()? {
                sum += number(row)?;
            }
            sums.push(sum);
            Ok(())
        });
        fold(sums.into_iter())
    }

    fn rights(&mut self, &left: &i64) -> Vec<u64> {
        self.row(RIGHTS, left)
    }

    fn lefts(&mut self, &right: &i64) -> Vec<u64> {
        self.row(LEFTS, right)
    }
}
