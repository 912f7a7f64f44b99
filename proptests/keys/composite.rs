//! A key of two parts, next to an index of three.

use backref::{
    EntityType, ErrorKind, Graph, HashIndex, Id, Key, Pair, Result, Schema, Triple, UniqueKey,
};

use super::compare;
use crate::machine::codes;
use crate::run::{self, Dice, Verdict};

#[derive(Clone, Debug, PartialEq)]
struct Shelf {
    room: String,
    number: u32,
    wide: bool,
}

struct Rooms {
    graph: Graph,
    shelf: EntityType<Shelf>,
    place: UniqueKey<Shelf, Pair<String, u32>>,
    all: HashIndex<Shelf, Triple<u32, bool, String>>,
    list: Vec<(Id<Shelf>, Shelf)>,
}

const ROOMS: [&str; 3] = ["attic", "hall", ""];

impl Rooms {
    fn new() -> Result<Self> {
        let mut schema = Schema::builder();
        schema
            .entity::<Shelf>("Shelf")
            .key(Key::pair(|it: &Shelf| &it.room, |it: &Shelf| &it.number))
            .index(
                "all",
                Key::triple(
                    |it: &Shelf| &it.number,
                    |it: &Shelf| &it.wide,
                    |it: &Shelf| &it.room,
                ),
            );
        let registry = schema.build()?;
        Ok(Self {
            shelf: registry.entity_type("Shelf")?,
            place: registry.key("Shelf")?,
            all: registry.index("Shelf.all")?,
            graph: Graph::new(registry),
            list: Vec::new(),
        })
    }

    fn holder(&self, room: &str, number: u32) -> Option<Id<Shelf>> {
        let has = |(_, it): &&(Id<Shelf>, Shelf)| it.room == room && it.number == number;
        self.list.iter().find(has).map(|(id, _)| *id)
    }

    fn step(&mut self, dice: &mut Dice) -> Verdict {
        let shelf = Shelf {
            room: dice.of(&ROOMS).to_owned(),
            number: u32::try_from(dice.roll(4)).expect("is small"),
            wide: dice.once_in(2),
        };
        let holder = self.holder(&shelf.room, shelf.number);
        if self.list.is_empty() || dice.once_in(2) {
            let outcome = self.graph.insert(self.shelf, shelf.clone());
            let expected = holder.map_or(Ok(()), |_| Err(ErrorKind::DuplicateKey));
            compare(
                &expected,
                &outcome.as_ref().map(|_| ()).map_err(backref::Error::kind),
            )?;
            self.list.extend(outcome.ok().map(|id| (id, shelf)));
            return Ok(());
        }
        let at = dice.roll(self.list.len());
        let id = self.list[at].0;
        if dice.once_in(3) {
            let gone = self.graph.delete(self.shelf, id).map(|it| it.payload);
            return compare(
                &Ok(self.list.remove(at).1),
                &gone.map_err(|error| error.kind()),
            );
        }
        let outcome = self.graph.replace(self.shelf, id, shelf.clone());
        let expected = match holder {
            Some(other) if other != id => Err(ErrorKind::DuplicateKey),
            Some(_) | None => Ok(std::mem::replace(&mut self.list[at].1, shelf)),
        };
        compare(&expected, &outcome.map_err(|error| error.kind()))
    }

    fn compare_all(&mut self) -> Verdict {
        self.list.sort_unstable_by_key(|(id, _)| *id);
        for room in ROOMS {
            for number in 0..4 {
                let found = self.graph.find(self.place, (&room.to_owned(), &number));
                compare(&self.holder(room, number), &found)?;
                let is = |(_, it): &&(Id<Shelf>, Shelf)| {
                    it.room == room && it.number == number && it.wide
                };
                let wide: Vec<Id<Shelf>> = self.list.iter().filter(is).map(|(id, _)| *id).collect();
                let found = self
                    .graph
                    .find_all(self.all, (&number, &true, &room.to_owned()));
                compare(&wide, &found.collect())?;
            }
        }
        self.graph.verify().map_err(|broken| broken.to_string())
    }
}

#[test]
fn keys_of_several_parts_agree_with_a_list() {
    run::check("composite keys", 32, &codes(150), |codes| {
        let mut rooms = Rooms::new().map_err(|error| error.to_string())?;
        for &code in &codes {
            rooms.step(&mut Dice::new(code))?;
            rooms.compare_all()?;
        }
        run::count_edits(codes.len());
        Ok(())
    });
}
