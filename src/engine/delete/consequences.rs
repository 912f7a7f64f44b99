//! What a delete means at the ends of a type, worked out once.

use crate::engine::limits::Limits;
use crate::engine::{Place, TypeRules};
use crate::id::EntityTypeId;
use crate::schema::{Cardinality, DeleteRule, End, EntityDef, Registry};

/// Those ends of a type at which a delete of an entity of it means something.
#[derive(Clone, Debug)]
pub(crate) struct Consequences {
    /// Who is linked there goes too.
    pub(crate) cascades: Box<[Place]>,
    /// Who is linked there goes if this was the last owner.
    pub(crate) orphans: Box<[Place]>,
    /// Who is linked there forbids it.
    pub(crate) denies: Box<[Place]>,
    /// Who is linked there may be left with too few links.
    pub(crate) leaves_short: Box<[Place]>,
    /// Who is linked there has checks that are asked about the loss.
    pub(crate) asks: Box<[Place]>,
    /// Nobody whom a delete of one entity of the type comes to is come to twice,
    /// and nobody has a say in it.
    pub(crate) is_plain: bool,
}

impl Consequences {
    pub(crate) fn of(registry: &Registry, def: &EntityDef) -> Self {
        let inverse = |end: &End| registry.end_at(end.inverse);
        let denies = |end: &End| end.delete_rule == DeleteRule::Deny;
        let needs = |end: &End| Limits::of(end).need_links();
        let leaves_short = |end: &End| !denies(end) && inverse(end).is_some_and(needs);
        let asks = |end: &End| inverse(end).is_some_and(|end| !end.checks.is_empty());
        Self {
            cascades: ends(registry, def, cascades),
            orphans: ends(registry, def, |end| end.orphans),
            denies: ends(registry, def, denies),
            leaves_short: ends(registry, def, leaves_short),
            asks: ends(registry, def, asks),
            is_plain: false,
        }
    }

    /// Sees which types are deleted [plainly](Self::is_plain): each type that a
    /// delete comes to is come to by one end only, whose inverse is to-one, and
    /// the first by none; no orphans are looked for, nobody denies, needs his
    /// links or has checks.
    pub(crate) fn is_plain_from(
        registry: &Registry,
        rules: &[TypeRules],
        root: EntityTypeId,
    ) -> bool {
        let mut reached: Vec<EntityTypeId> = vec![root];
        let mut next = 0;
        while let Some(&entity) = reached.get(next) {
            next += 1;
            let TypeRules {
                asked, on_delete, ..
            } = &rules[entity.index()];
            if *asked || !on_delete.has_no_say() {
                return false;
            }
            for place in &on_delete.cascades {
                let inverse = registry
                    .end_on(place.relation, place.side)
                    .and_then(|end| registry.end_at(end.inverse));
                let leads_to = inverse.filter(|it| it.cardinality == Cardinality::One);
                match leads_to {
                    Some(inverse) if !reached.contains(&inverse.owner) => {
                        reached.push(inverse.owner);
                    }
                    _ => return false,
                }
            }
        }
        true
    }

    fn has_no_say(&self) -> bool {
        let say = [&self.orphans, &self.denies, &self.leaves_short, &self.asks];
        say.iter().all(|places| places.is_empty())
    }
}

fn cascades(end: &End) -> bool {
    match end.delete_rule {
        DeleteRule::Cascade | DeleteRule::CascadeUp => true,
        DeleteRule::Nullify | DeleteRule::Deny => false,
    }
}

fn ends(registry: &Registry, def: &EntityDef, wanted: impl Fn(&End) -> bool) -> Box<[Place]> {
    let ends = def.ends.iter().filter_map(|&end| registry.end_at(end));
    let wanted = ends.filter(|end| wanted(end));
    wanted.map(|end| Place::of(end.id)).collect()
}
