//! A walk meets who was there at the start and still is, in the order of then.

use backref::{Graph, Id, ToMany};
use proptest::prelude::any;

use super::ensure;
use crate::machine::face::Face;
use crate::machine::{ByHandle, Machine, codes};
use crate::run::{self, Dice, Verdict};
use crate::schema::{Bounds, Shape, Thing, kind_name, shapes};

type Node = Id<Thing<0>>;

fn walk_on(
    graph: &mut Graph,
    end: ToMany<Thing<0>, Thing<0>>,
    owner: Node,
    dice: &mut Dice,
) -> Verdict {
    let start: Vec<Node> = graph.row(end, owner).iter().collect();
    let kind = graph.registry().entity_type::<Thing<0>>(&kind_name(0));
    let kind = kind.map_err(|error| error.to_string())?;
    let everybody: Vec<Node> = graph.iter(kind).map(|(id, _)| id).collect();
    let (mut walker, mut met, mut left) = (graph.walk(end, owner), Vec::new(), Vec::new());
    while let Some(id) = walker.next(graph) {
        ensure(graph.row(end, owner).contains(id), || {
            format!("{id:?} is no member")
        })?;
        met.push(id);
        for _ in 0..dice.roll(3) {
            let item = dice.of(&everybody);
            let Ok(mut row) = graph.row_mut(end, owner) else {
                break;
            };
            match dice.roll(4) {
                0 | 1 => {
                    drop(row.remove(item));
                    left.push(item);
                }
                2 => drop(row.insert_at(0, item)),
                _ => drop(row.push(item)),
            }
        }
    }
    let is_subsequence = {
        let mut rest = start.iter();
        met.iter().all(|id| rest.any(|it| it == id))
    };
    ensure(is_subsequence, || format!("{met:?} out of {start:?}"))?;
    let skipped = start
        .iter()
        .find(|id| !met.contains(id) && !left.contains(id));
    ensure(skipped.is_none(), || {
        format!("{skipped:?} was never taken out and not met")
    })
}

fn many_ends(shape: &Shape) -> Vec<String> {
    shape
        .open_ends()
        .filter(|&end| shape.ends[end].many && super::keeps_to_itself(shape, end))
        .map(|end| shape.full_name(end))
        .collect()
}

#[test]
fn a_walk_allows_edits_between_its_steps() {
    let bounds = Bounds {
        kinds: 1,
        relations: 3,
    };
    let cases = (shapes(bounds), codes(80), any::<u64>());
    run::check("walks", 48, &cases, |(shape, codes, seed)| {
        let told = |error: backref::Error| error.to_string();
        let mut machine = Machine::<ByHandle>::new(shape.clone(), 20).map_err(told)?;
        machine.run(&codes, usize::MAX)?;
        run::count_edits(machine.tally.edits);
        let (mut graph, mut dice) = (machine.face.into_graph(), Dice::new(seed));
        for name in many_ends(&shape) {
            let end = graph.registry().to_many(&name).map_err(told)?;
            let kind = graph
                .registry()
                .entity_type::<Thing<0>>(&kind_name(0))
                .map_err(told)?;
            let owners: Vec<Node> = graph.iter(kind).map(|(id, _)| id).collect();
            for owner in owners {
                walk_on(&mut graph, end, owner, &mut dice)?;
            }
            graph.verify().map_err(|broken| broken.to_string())?;
        }
        Ok(())
    });
}
