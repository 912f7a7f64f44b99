//! `required`, `min` and `max`: how many links an entity must and may have.
//!
//! `max` is judged before a call writes. So are `required` and `min`, unless
//! somebody has deferred them: see [`deferred`](crate::engine::deferred).

use smallvec::SmallVec;

use crate::engine::relate::{Cut, LinkPlan};
use crate::engine::{Engine, Place};
use crate::error::{Error, ErrorKind, Result};
use crate::id::{AnyId, EntityTypeId, NONE, Side, Slot};
use crate::internals::planted::{self, Bug};
use crate::schema::End;

/// How many links the owner of an end must and may have there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) least: usize,
    pub(crate) most: usize,
}

impl Limits {
    pub(crate) fn of(end: &End) -> Self {
        let required = usize::from(end.required);
        let min = end.min.unwrap_or(0);
        let min = if planted::is(Bug::MinIsOne) {
            min.min(1)
        } else {
            min
        };
        Self {
            least: min.max(required),
            most: end.max.unwrap_or(usize::MAX),
        }
    }

    pub(crate) fn need_links(self) -> bool {
        self.least > 0
    }

    /// Whether any number of links will do.
    pub(crate) fn are_none(self) -> bool {
        self.least == 0 && self.most == usize::MAX
    }
}

/// What a batch of plans adds to and takes from one entity at one end.
type Tally = (Place, Slot, isize);

/// An entity that is being inserted: it has no row yet and no links.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Newcomer {
    pub(crate) entity: EntityTypeId,
    pub(crate) slot: Slot,
}

/// Somebody with too few or too many links at an end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Beyond {
    pub(crate) place: Place,
    pub(crate) slot: Slot,
    /// How many links there would be.
    pub(crate) count: usize,
    /// Whether it is only just being inserted.
    pub(crate) is_new: bool,
}

impl Engine {
    /// Judges plans by the state that all of them together lead to.
    pub(crate) fn check_limits(
        &self,
        plans: &[LinkPlan],
        newcomer: Option<Newcomer>,
    ) -> Result<()> {
        if planted::is(Bug::RequiredIsIgnored) && newcomer.is_none() {
            return Ok(());
        }
        let mut tallies = self.tallies(plans);
        if let Some(newcomer) = newcomer {
            let ends = self.ends_of(newcomer.entity);
            tallies.extend(ends.map(|end| (self.counted_at(end), newcomer.slot, 0)));
        }
        tallies.retain(|&(place, ..)| !self.limits(place).are_none());
        tallies.sort_unstable();
        let same = |a: &Tally, b: &Tally| (a.0, a.1) == (b.0, b.1);
        let mut short: SmallVec<[Beyond; 1]> = SmallVec::new();
        for entity in tallies.chunk_by(same) {
            let (place, slot, _) = entity[0];
            let change: isize = entity.iter().map(|tally| tally.2).sum();
            let count = self.total_at(place, slot).saturating_add_signed(change);
            let owner = self.owner_type(place);
            let beyond = Beyond {
                place,
                slot,
                count,
                is_new: newcomer.is_some_and(|new| (new.entity, new.slot) == (owner, slot)),
            };
            if change > 0 && count > self.limits(place).most && !planted::is(Bug::MaxIsIgnored) {
                return Err(self.crowded(beyond));
            }
            if count < self.limits(place).least && self.deferred.is_none() {
                short.push(beyond);
            }
        }
        self.name_the_short(&short)
    }

    /// How many links there must and may be at an end.
    pub(crate) fn limits(&self, place: Place) -> Limits {
        self.rules[place.relation].limits[place.side.index()]
    }

    fn tallies(&self, plans: &[LinkPlan]) -> Vec<Tally> {
        // Two plans may cut the same link, which is cut once.
        let mut cuts: Vec<Cut> = plans
            .iter()
            .flat_map(|plan| plan.cut.iter().map(|&cut| self.normal(cut)))
            .collect();
        cuts.sort_unstable();
        cuts.dedup();
        let lost = cuts.into_iter().flat_map(|cut| {
            let place = Place {
                relation: cut.relation,
                side: Side::Left,
            };
            self.both_ends(place, cut.left, cut.right)
                .map(|(end, slot)| (end, slot, -1))
        });
        let won = plans.iter().flat_map(|plan| {
            plan.make.iter().flat_map(|&member| {
                self.both_ends(plan.place, plan.owner, member)
                    .map(|(end, slot)| (end, slot, 1))
            })
        });
        lost.chain(won)
            .filter(|&(_, slot, _)| slot != NONE)
            .map(|(end, slot, change)| (self.counted_at(end), slot, change))
            .collect()
    }

    /// A symmetric link has no left and right of its own.
    pub(crate) fn normal(&self, cut: Cut) -> Cut {
        if self.rules[cut.relation].symmetric && cut.left > cut.right {
            return Cut {
                left: cut.right,
                right: cut.left,
                ..cut
            };
        }
        cut
    }

    /// The two ends of a link; the second is nobody's where a symmetric link
    /// joins an entity to itself and counts once.
    pub(crate) fn both_ends(&self, place: Place, owner: Slot, member: Slot) -> [(Place, Slot); 2] {
        let inverse = self.inverse(place);
        let once = self.rules[place.relation].symmetric && owner == member;
        [(place, owner), (inverse, if once { NONE } else { member })]
    }

    pub(crate) fn count_at(&self, place: Place, slot: Slot) -> usize {
        let relation = self.relation(place);
        if relation.generation(place.side, slot).is_none() {
            return 0;
        }
        relation.count(place.side, slot)
    }

    /// Whether an end that needs links is required and says no more.
    pub(crate) fn is_just_required(&self, place: Place) -> bool {
        self.end(place).required && self.limits(place).least == 1
    }

    /// An error that names all who are left short at one end, if any are.
    pub(crate) fn name_the_short(&self, short: &[Beyond]) -> Result<()> {
        let Some(first) = short.first() else {
            return Ok(());
        };
        let at = |beyond: &Beyond| (beyond.place, beyond.is_new);
        let there = short.iter().filter(|other| at(other) == at(first));
        let there: Vec<Beyond> = there.copied().collect();
        Err(self.left_short(&there))
    }
}

/// Errors about limits: who, at which end, how many, and what the limit is.
impl Engine {
    /// Who would be beyond a limit, as messages and errors name it.
    fn who(&self, beyond: Beyond) -> (String, Option<AnyId>) {
        let owner = self.owner_type(beyond.place);
        if beyond.is_new {
            return (format!("a new {}", self.entity_name(owner)), None);
        }
        let id = self.id_at(owner, beyond.slot);
        (self.describe(id), Some(id))
    }

    #[cold]
    fn left_short(&self, short: &[Beyond]) -> Error {
        let place = short[0].place;
        let ids: Vec<AnyId> = short.iter().filter_map(|&it| self.who(it).1).collect();
        let end = self.end(place);
        let (kind, message) = if self.is_just_required(place) {
            (ErrorKind::Required, self.without(place, &ids))
        } else {
            (ErrorKind::TooFew, self.with_too_few(short))
        };
        Error::new(kind, message).at(end.id).about(ids)
    }

    fn without(&self, place: Place, ids: &[AnyId]) -> String {
        let end = self.end_name(place);
        if ids.is_empty() {
            let entity = self.entity_name(self.owner_type(place));
            return format!(
                "a new {entity} needs {end}, which is required: insert it together with its links"
            );
        }
        let names = self.describe_all(ids);
        format!("{names} would be left without {end}, which is required")
    }

    fn with_too_few(&self, short: &[Beyond]) -> String {
        let Beyond { place, count, .. } = short[0];
        let (who, ids) = self.who(short[0]);
        let (end, least) = (self.end_name(place), self.limits(place).least);
        let others = match short.len() - 1 {
            0 => String::new(),
            others => format!(", and {others} more would be left short"),
        };
        let what_to_do = match ids {
            None => ": insert it together with its links",
            Some(_) => "",
        };
        format!(
            "{who} would have {count} in {end}, which needs at least {least}{others}{what_to_do}"
        )
    }

    #[cold]
    pub(crate) fn crowded(&self, beyond: Beyond) -> Error {
        let Beyond { place, count, .. } = beyond;
        let (who, id) = self.who(beyond);
        let (end, most) = (self.end_name(place), self.limits(place).most);
        let message = format!("{who} would have {count} in {end}, which takes at most {most}");
        Error::new(ErrorKind::TooMany, message)
            .at(self.end(place).id)
            .about(id)
    }
}
