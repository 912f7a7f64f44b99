//! Walks meet whom recursion meets, in its order; paths are the shortest.

use std::collections::VecDeque;

use super::{AnyId, BTreeSet, EndId, Verdict, Visit, World, ensure, hold};

/// What a walk should tell of one that it meets.
type Met = (AnyId, usize, Option<(AnyId, EndId)>);

fn told(visit: &Visit<AnyId>) -> Met {
    (visit.id, visit.depth, visit.through)
}

/// Whom walks go not below.
fn is_closed(id: AnyId, closed: &[AnyId]) -> bool {
    closed.contains(&id)
}

impl World {
    fn recurse(&self, ends: &[usize], met: Met, closed: &[AnyId], into: &mut Vec<Met>) {
        let (id, depth, _) = met;
        if into.iter().any(|it| it.0 == id) || !self.kinds.contains_key(&id) {
            return;
        }
        into.push(met);
        if is_closed(id, closed) {
            return;
        }
        for (end, next) in self.onward(ends, id) {
            let through = Some((id, self.end(end)));
            self.recurse(ends, (next, depth + 1, through), closed, into);
        }
    }

    fn depth_first(&self, ends: &[usize], starts: &[AnyId], closed: &[AnyId]) -> Vec<Met> {
        let mut met = Vec::new();
        for &start in starts {
            self.recurse(ends, (start, 0, None), closed, &mut met);
        }
        met
    }

    pub(super) fn breadth_first(
        &self,
        ends: &[usize],
        starts: &[AnyId],
        closed: &[AnyId],
    ) -> Vec<Met> {
        let mut queue: VecDeque<Met> = starts.iter().map(|&id| (id, 0, None)).collect();
        let mut met: Vec<Met> = Vec::new();
        while let Some((id, depth, through)) = queue.pop_front() {
            if met.iter().any(|it| it.0 == id) || !self.kinds.contains_key(&id) {
                continue;
            }
            met.push((id, depth, through));
            if !is_closed(id, closed) {
                let onward = self.onward(ends, id).into_iter();
                queue.extend(onward.map(|(end, it)| (it, depth + 1, Some((id, self.end(end))))));
            }
        }
        met
    }
}

pub(super) fn walks_agree(world: &mut World) -> Verdict {
    let (ends, starts, closed) = (
        world.throw_ends(),
        world.throw_starts(),
        world.throw_starts(),
    );
    let numbers = world.numbers(&ends);
    let untyped = world.graph.untyped();
    let mut found = Vec::new();
    let mut walk = untyped.depth_first(&numbers, starts.iter().copied());
    while let Some(visit) = walk.next() {
        found.push(told(&visit));
        if is_closed(visit.id, &closed) {
            walk.skip_below();
        }
    }
    let expected = world.depth_first(&ends, &starts, &closed);
    ensure(found == expected, || {
        format!("depth first {found:?}, expected {expected:?}")
    })?;
    let mut found = Vec::new();
    let mut walk = untyped.breadth_first(&numbers, starts.iter().copied());
    while let Some(visit) = walk.next() {
        found.push(told(&visit));
        if is_closed(visit.id, &closed) {
            walk.skip_below();
        }
    }
    let expected = world.breadth_first(&ends, &starts, &closed);
    ensure(found == expected, || {
        format!("breadth first {found:?}, expected {expected:?}")
    })
}

#[test]
fn walks_meet_whom_recursion_meets_in_its_order() {
    hold("walks over ends", walks_agree);
}

#[test]
fn above_and_below_an_entity_are_the_walks_without_it() {
    hold("ancestors and descendants", |world| {
        let (ends, Some(id)) = (world.throw_ends(), world.throw_id()) else {
            return Ok(());
        };
        let (numbers, untyped) = (world.numbers(&ends), world.graph.untyped());
        let found: Vec<Met> = untyped
            .ancestors(&numbers, id)
            .map(|it| told(&it))
            .collect();
        let expected = &world.breadth_first(&ends, &[id], &[])[1..];
        ensure(found == expected, || format!("above {id:?} are {found:?}"))?;
        let below = untyped.descendants(&numbers, id).map(|it| told(&it));
        let found: Vec<Met> = below.collect();
        let expected = &world.depth_first(&ends, &[id], &[])[1..];
        ensure(found == expected, || format!("below {id:?} are {found:?}"))?;
        let dead = world.dead.into_iter();
        let beyond = dead.flat_map(|dead| untyped.ancestors(&numbers, dead).ids());
        ensure(beyond.count() == 0, || "the dead have ancestors".to_owned())
    });
}

#[test]
fn what_is_reachable_is_what_has_a_distance() {
    hold("reachable", |world| {
        let (ends, starts) = (world.throw_ends(), world.throw_starts());
        let reached = world
            .graph
            .untyped()
            .reachable(&world.numbers(&ends), starts.iter().copied());
        let expected = world.distances(&ends, &starts);
        let found: BTreeSet<AnyId> = reached.iter().collect();
        let same = found.iter().eq(expected.keys()) && reached.len() == found.len();
        let asked = world.everybody().chain(world.dead);
        let asked = asked
            .into_iter()
            .all(|id| reached.contains(id) == expected.contains_key(&id));
        ensure(same && asked, || {
            format!("{reached:?}, expected {expected:?}")
        })
    });
}

#[test]
fn a_path_is_made_of_links_and_none_is_shorter() {
    hold("paths", |world| {
        let ends = world.throw_ends();
        let (Some(from), Some(to)) = (world.throw_id(), world.throw_id()) else {
            return Ok(());
        };
        let path = world.graph.untyped().path(&world.numbers(&ends), from, to);
        let distance = world.distances(&ends, &[from]).get(&to).copied();
        let links = path.as_ref().map(|path| path.len() - 1);
        ensure(links == distance, || {
            format!("{path:?}, expected {distance:?} links")
        })?;
        let Some(path) = path else {
            return Ok(());
        };
        ensure(told(&path[0]) == (from, 0, None), || format!("{path:?}"))?;
        ensure(path[path.len() - 1].id == to, || format!("{path:?}"))?;
        let breaks = path.windows(2).find(|step| {
            let Some((near, end)) = step[1].through else {
                return true;
            };
            let mut links = world.onward(&ends, near).into_iter();
            let is_link = links.any(|(number, it)| (world.end(number), it) == (end, step[1].id));
            near != step[0].id || step[1].depth != step[0].depth + 1 || !is_link
        });
        ensure(breaks.is_none(), || {
            format!("{path:?} breaks at {breaks:?}")
        })
    });
}
