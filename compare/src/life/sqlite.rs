//! Tables in memory whose primary keys are the natural ones; statements are
//! prepared once, and a list of operations is one transaction.

use rusqlite::{Connection, Row, params};

use super::{Life, Payload, Task, payload};
use crate::memory::Heap;
use crate::statements::for_each;

pub(crate) struct Work(Connection);

const SCHEMA: &str = "
    PRAGMA foreign_keys = ON;
    CREATE TABLE project (key INTEGER PRIMARY KEY, data BLOB NOT NULL);
    CREATE TABLE person (key INTEGER PRIMARY KEY, data BLOB NOT NULL);
    CREATE TABLE milestone (key INTEGER PRIMARY KEY, data BLOB NOT NULL);
    CREATE TABLE task (
        key INTEGER PRIMARY KEY,
        data BLOB NOT NULL,
        project INTEGER REFERENCES project ON DELETE SET NULL,
        person INTEGER REFERENCES person ON DELETE SET NULL,
        milestone INTEGER REFERENCES milestone ON DELETE SET NULL
    );
    CREATE INDEX task_project ON task (project);
    CREATE INDEX task_person ON task (person);
    CREATE INDEX task_milestone ON task (milestone);
";

/// Its integers have a sign.
const fn signed(key: u64) -> i64 {
    key.cast_signed()
}

fn bytes(key: u64) -> Vec<u8> {
    payload(key)
        .iter()
        .flat_map(|part| part.to_le_bytes())
        .collect()
}

/// The first part of a payload.
fn datum(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    let blob = row.get_ref(column)?.as_blob()?;
    let first = blob.first_chunk().copied().unwrap_or_default();
    debug_assert_eq!(blob.len(), size_of::<Payload>());
    Ok(u64::from_le_bytes(first))
}

impl Work {
    fn fill(&mut self, owners: &[u64], tasks: &[Task]) {
        for table in ["project", "person", "milestone"] {
            let insert = format!("INSERT INTO {table} (key, data) VALUES (?1, ?2)");
            for_each(
                &mut self.0,
                owners.iter(),
                [insert.as_str()],
                |[insert], &owner| {
                    insert
                        .execute(params![signed(owner), bytes(owner)])
                        .map(drop)
                },
            );
        }
        let insert = "INSERT INTO task (key, data, project, person, milestone)
             VALUES (?1, ?2, ?3, ?4, ?5)";
        for_each(&mut self.0, tasks.iter(), [insert], |[insert], task| {
            let task = params![
                signed(task.key),
                bytes(task.key),
                signed(task.project),
                signed(task.person),
                signed(task.milestone),
            ];
            insert.execute(task).map(drop)
        });
    }

    fn sum(&self, projects: &[u64]) -> rusqlite::Result<u64> {
        let mut select = self.0.prepare_cached(
            "SELECT task.data, person.data, milestone.data FROM task
             JOIN person ON person.key = task.person
             JOIN milestone ON milestone.key = task.milestone
             WHERE task.project = ?1",
        )?;
        let mut total = 0_u64;
        for &project in projects {
            let mut rows = select.query([signed(project)])?;
            while let Some(row) = rows.next()? {
                for column in 0..3 {
                    total = total.wrapping_add(datum(row, column)?);
                }
            }
        }
        Ok(total)
    }
}

impl Life for Work {
    const HEAP: Heap = Heap::C;

    fn build(owners: &[u64], tasks: &[Task]) -> Self {
        let connection = Connection::open_in_memory().expect("there is memory");
        connection.execute_batch(SCHEMA).expect("it is SQL");
        let mut work = Self(connection);
        work.fill(owners, tasks);
        work
    }

    fn reassign(&mut self, moves: &[(u64, u64)]) {
        let update = "UPDATE task SET person = ?2 WHERE key = ?1";
        for_each(
            &mut self.0,
            moves.iter(),
            [update],
            |[update], &(task, person)| update.execute([signed(task), signed(person)]).map(drop),
        );
    }

    fn read(&mut self, projects: &[u64]) -> u64 {
        self.sum(projects).expect("nothing is refused")
    }

    fn delete(&mut self, tasks: &[u64]) {
        let delete = "DELETE FROM task WHERE key = ?1";
        for_each(&mut self.0, tasks.iter(), [delete], |[delete], &task| {
            delete.execute([signed(task)]).map(drop)
        });
    }

    fn tasks_of(&mut self, person: u64) -> usize {
        let select = "SELECT count(*) FROM task WHERE person = ?1";
        let mut select = self.0.prepare_cached(select).expect("it is SQL");
        let count = select.query_row([signed(person)], |row| row.get::<_, i64>(0));
        usize::try_from(count.expect("nothing is refused")).expect("it is not negative")
    }
}
