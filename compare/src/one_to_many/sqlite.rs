//! Two tables in memory, the children's with a foreign key that is indexed;
//! statements are prepared once, and a list of operations is one transaction.

use rusqlite::{Connection, params};

use super::plan::{Plan, fold};
use super::{Ids, Link, OneToMany};
use crate::memory::Heap;
use crate::statements::{for_each, number};

pub(crate) struct Indexed<const CASCADE: bool>(Connection);

pub(crate) type Tables = Indexed<false>;

const SCHEMA: &str = "
    PRAGMA foreign_keys = ON;
    CREATE TABLE parent (id INTEGER PRIMARY KEY, payload INTEGER NOT NULL);
";
const NULLIFYING: &str = "
    CREATE TABLE child (
        id INTEGER PRIMARY KEY,
        payload INTEGER NOT NULL,
        parent INTEGER REFERENCES parent ON DELETE SET NULL
    );
";
const CASCADING: &str = "
    CREATE TABLE child (
        id INTEGER PRIMARY KEY,
        payload INTEGER NOT NULL,
        parent INTEGER REFERENCES parent ON DELETE CASCADE
    );
";
const INDEX: &str = "CREATE INDEX child_parent ON child (parent);";

const SET: &str = "UPDATE child SET parent = ?2 WHERE id = ?1";

impl<const CASCADE: bool> Indexed<CASCADE> {
    fn without_index() -> Self {
        let connection = Connection::open_in_memory().expect("there is memory");
        let child = if CASCADE { CASCADING } else { NULLIFYING };
        connection.execute_batch(SCHEMA).expect("it is SQL");
        connection.execute_batch(child).expect("it is SQL");
        Self(connection)
    }

    fn insert_into(&mut self, table: &str, count: u32, ids: &mut Vec<i64>) {
        let insert = format!("INSERT INTO {table} (payload) VALUES (?1)");
        let mut inserted = Vec::with_capacity(count as usize);
        for_each(
            &mut self.0,
            0..count,
            [insert.as_str()],
            |[insert], payload| {
                inserted.push(insert.insert([payload])?);
                Ok(())
            },
        );
        ids.append(&mut inserted);
    }
}

impl<const CASCADE: bool> OneToMany for Indexed<CASCADE> {
    type Parent = i64;
    type Child = i64;
    type Cascading = Indexed<true>;

    const HEAP: Heap = Heap::C;

    fn empty() -> Self {
        let tables = Self::without_index();
        tables.0.execute_batch(INDEX).expect("it is SQL");
        tables
    }

    fn insert_parents(&mut self, count: u32, ids: &mut Vec<i64>) {
        self.insert_into("parent", count, ids);
    }

    fn insert_children(&mut self, count: u32, ids: &mut Vec<i64>) {
        self.insert_into("child", count, ids);
    }

    /// Children are inserted with their parents, and indexed afterwards.
    fn bulk(plan: &Plan, ids: &mut Ids<Self>) -> Self {
        let mut tables = Self::without_index();
        tables.insert_parents(plan.shape.parents, &mut ids.parents);
        let insert = "INSERT INTO child (payload, parent) VALUES (?1, ?2)";
        let children = (0_i64..).zip(plan.homes.iter().copied());
        for_each(
            &mut tables.0,
            children,
            [insert],
            |[insert], (payload, home)| {
                let parent = ids.parents[home as usize];
                ids.children.push(insert.insert([payload, parent])?);
                Ok(())
            },
        );
        tables.0.execute_batch(INDEX).expect("it is SQL");
        tables
    }

    fn set_parents(&mut self, links: &[Link<Self>]) {
        for_each(
            &mut self.0,
            links.iter(),
            [SET],
            |[set], (child, parent)| set.execute([child, parent]).map(drop),
        );
    }

    fn detach_attach(&mut self, links: &[Link<Self>]) {
        for_each(
            &mut self.0,
            links.iter(),
            [SET],
            |[set], (child, parent)| {
                set.execute(params![child, None::<i64>])?;
                set.execute([child, parent]).map(drop)
            },
        );
    }

    fn remove_append(&mut self, links: &[Link<Self>]) {
        let remove = "UPDATE child SET parent = NULL WHERE id = ?1 AND parent = ?2";
        for_each(
            &mut self.0,
            links.iter(),
            [remove, SET],
            |[remove, set], (child, parent)| {
                remove.execute([child, parent])?;
                set.execute([child, parent]).map(drop)
            },
        );
    }

    fn iterate(&mut self, parents: &[i64]) -> u64 {
        let mut sums = Vec::with_capacity(parents.len());
        let select = "SELECT payload FROM child WHERE parent = ?1";
        for_each(&mut self.0, parents.iter(), [select], |[select], parent| {
            let mut sum = 0;
            let mut rows = select.query([parent])?;
            while let Some(row) = rows.next()? {
                sum += number(row)?;
            }
            sums.push(sum);
            Ok(())
        });
        fold(sums.into_iter())
    }

    fn read_parents(&mut self, children: &[i64]) -> u64 {
        let mut sum = 0;
        let select = "SELECT parent.payload FROM child
             JOIN parent ON parent.id = child.parent WHERE child.id = ?1";
        for_each(&mut self.0, children.iter(), [select], |[select], child| {
            sum += select.query_row([child], number)?;
            Ok(())
        });
        sum
    }

    fn delete(&mut self, parents: &[i64]) {
        let delete = "DELETE FROM parent WHERE id = ?1";
        for_each(&mut self.0, parents.iter(), [delete], |[delete], parent| {
            delete.execute([parent]).map(drop)
        });
    }

    fn members(&mut self, parent: &i64) -> Vec<u64> {
        let select = "SELECT payload FROM child WHERE parent = ?1";
        let mut select = self.0.prepare_cached(select).expect("it is SQL");
        let rows = select.query_map([parent], number);
        let rows = rows.expect("nothing is refused");
        rows.map(|row| row.expect("it is a number")).collect()
    }

    fn parent(&mut self, child: &i64) -> Option<u64> {
        let select = "SELECT (SELECT payload FROM parent WHERE id = child.parent)
             FROM child WHERE id = ?1";
        let mut select = self.0.prepare_cached(select).expect("it is SQL");
        let parent = select.query_row([child], |row| row.get::<_, Option<i64>>(0));
        parent.expect("it is live").map(i64::cast_unsigned)
    }

    fn count_live(&mut self, children: &[i64]) -> usize {
        let mut count = 0;
        let select = "SELECT 1 FROM child WHERE id = ?1";
        for_each(&mut self.0, children.iter(), [select], |[select], child| {
            count += usize::from(select.exists([child])?);
            Ok(())
        });
        count
    }
}
