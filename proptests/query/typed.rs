//! The typed walks are the untyped ones by other names.

use backref::{AnyId, EntityType, Graph, Id, ToMany, ToOne};
use petgraph::algo::tarjan_scc;

use super::{ensure, text};
use crate::machine::face::Face;
use crate::machine::{ByHandle, Machine, codes};
use crate::run::{self, Verdict};
use crate::schema::{Bounds, Thing, kind_name, shapes};

type Node = Id<Thing<0>>;
type Kind = EntityType<Thing<0>>;
type Up = ToOne<Thing<0>, Thing<0>>;
type Down = ToMany<Thing<0>, Thing<0>>;

fn same(kind: Kind, typed: impl Iterator<Item = Node>, any: impl Iterator<Item = AnyId>) -> bool {
    typed.map(|id| kind.any(id)).eq(any)
}

fn walks_agree(graph: &Graph, kind: Kind, (up, down): (Up, Down), id: Node) -> bool {
    let (untyped, any, both) = (
        graph.untyped(),
        kind.any(id),
        [down.untyped(), up.untyped()],
    );
    same(
        kind,
        graph.breadth_first((down, up), [id]).ids(),
        untyped.breadth_first(&both, [any]).ids(),
    ) && same(
        kind,
        graph.depth_first((down, up), [id]).ids(),
        untyped.depth_first(&both, [any]).ids(),
    ) && same(
        kind,
        graph.ancestors(up, id).ids(),
        untyped.ancestors(&[up.untyped()], any).ids(),
    ) && same(
        kind,
        graph.descendants([down], id).ids(),
        untyped.descendants(&[down.untyped()], any).ids(),
    ) && same(
        kind,
        graph.reachable(up, [id]).iter(),
        untyped.reachable(&[up.untyped()], [any]).iter(),
    )
}

fn paths_agree(graph: &Graph, kind: Kind, (up, down): (Up, Down), id: Node, to: Node) -> bool {
    let typed = graph.path((up, down), id, to);
    let typed: Option<Vec<AnyId>> =
        typed.map(|path| path.iter().map(|it| kind.any(it.id)).collect());
    let ends = [up.untyped(), down.untyped()];
    let path = graph.untyped().path(&ends, kind.any(id), kind.any(to));
    typed == path.map(|path| path.iter().map(|it| it.id).collect())
}

fn check(graph: &Graph, ends: (Up, Down)) -> Verdict {
    let kind = graph.registry().entity_type(&kind_name(0));
    let kind: Kind = kind.map_err(|error| text(&error))?;
    let ids: Vec<Node> = graph.iter(kind).map(|(id, _)| id).collect();
    for &id in &ids {
        ensure(walks_agree(graph, kind, ends, id), || {
            format!("walks from {id:?}")
        })?;
        let mut others = ids.iter();
        let paths = others.all(|&to| paths_agree(graph, kind, ends, id, to));
        ensure(paths, || format!("paths from {id:?}"))?;
    }
    let numbers = [ends.0.untyped(), ends.1.untyped()];
    let typed = tarjan_scc(&graph.view(ends)).into_iter().flatten();
    let untyped = tarjan_scc(&graph.untyped().view(&numbers)).into_iter();
    ensure(same(kind, typed, untyped.flatten()), || {
        "components".to_owned()
    })
}

#[test]
fn typed_walks_are_the_untyped_ones_by_other_names() {
    let bounds = Bounds {
        kinds: 1,
        relations: 4,
    };
    let cases = (shapes(bounds), codes(80));
    run::check("typed walks", 96, &cases, |(shape, codes)| -> Verdict {
        let named = |many| {
            let mut ends = shape.open_ends();
            let end = ends.find(|&end| shape.ends[end].many == many);
            end.map(|end| shape.full_name(end))
        };
        let (Some(up), Some(down)) = (named(false), named(true)) else {
            return Ok(());
        };
        let mut machine = Machine::<ByHandle>::new(shape.clone(), 20).map_err(|e| text(&e))?;
        machine.run(&codes, usize::MAX)?;
        run::count_edits(machine.tally.edits);
        let graph = machine.face.into_graph();
        let up = graph.registry().to_one(&up).map_err(|e| text(&e))?;
        let down = graph.registry().to_many(&down).map_err(|e| text(&e))?;
        check(&graph, (up, down))
    });
}
