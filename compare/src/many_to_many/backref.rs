//! Entities as a user declares them, through the methods that are generated.

use backref::Id;

use super::{Ids, ManyToMany, Pair};
use crate::one_to_many::plan::fold;

/// Two entity types with these options for both ends, and what is done to them.
macro_rules! tagging {
    ($module:ident, ($($option:tt)*)) => {
        #[expect(dead_code, reason = "not all that is generated is called")]
        mod $module {
            use backref::{Id, entity, graph};

            #[entity]
            #[derive(Clone)]
            pub(crate) struct Left {
                pub(crate) number: u64,
                #[relationship(back_populates = lefts $($option)*)]
                pub(crate) rights: ToMany<Right>,
            }

            #[entity]
            #[derive(Clone)]
            pub(crate) struct Right {
                pub(crate) number: u64,
                #[relationship(back_populates = rights $($option)*)]
                pub(crate) lefts: ToMany<Left>,
            }

            graph! { pub(crate) struct Tagging { lefts: Left, rights: Right } }

            pub(super) fn add(tagging: &mut Tagging, pairs: &[(Id<Left>, Id<Right>)]) {
                for &(left, right) in pairs {
                    let mut left = tagging.edit(left);
                    left.rights_mut().push(right).expect("both are live");
                }
            }

            pub(super) fn remove(tagging: &mut Tagging, pairs: &[(Id<Left>, Id<Right>)]) {
                for &(left, right) in pairs {
                    let mut left = tagging.edit(left);
                    left.rights_mut().remove(right).expect("both are live");
                }
            }
        }
    };
}

/// As a contender; its writes are called as they are, or inside a transaction
/// for each list of operations.
macro_rules! contender {
    ($contender:ident, $module:ident, reads: $reads:literal, $write:ident) => {
        pub(crate) struct $contender($module::Tagging);

        impl ManyToMany for $contender {
            type Left = Id<$module::Left>;
            type Right = Id<$module::Right>;

            const READS: bool = $reads;

            fn empty() -> Self {
                Self($module::Tagging::new())
            }

            fn insert(&mut self, count: u32, ids: &mut Ids<Self>) {
                for number in 0..u64::from(count) {
                    let left = self.0.insert($module::Left { number });
                    ids.lefts.push(left.expect("there is room"));
                    let right = self.0.insert($module::Right { number });
                    ids.rights.push(right.expect("there is room"));
                }
            }

            fn add(&mut self, pairs: &[Pair<Self>]) {
                $write!(self, |tagging| $module::add(tagging, pairs));
            }

            fn remove(&mut self, pairs: &[Pair<Self>]) {
                $write!(self, |tagging| $module::remove(tagging, pairs));
            }

            fn count_linked(&mut self, pairs: &[Pair<Self>]) -> usize {
                let linked =
                    |&&(left, right): &&Pair<Self>| self.0.at(left).rights().contains(right);
                pairs.iter().filter(linked).count()
            }

            fn iterate(&mut self, lefts: &[Self::Left]) -> u64 {
                fold(lefts.iter().map(|&left| {
                    let row = self.0.at(left).rights();
                    row.iter().map(|right| right.number).sum()
                }))
            }

            fn rights(&mut self, &left: &Self::Left) -> Vec<u64> {
                let row = self.0.at(left).rights();
                row.iter().map(|right| right.number).collect()
            }

            fn lefts(&mut self, &right: &Self::Right) -> Vec<u64> {
                let row = self.0.at(right).lefts();
                row.iter().map(|left| left.number).collect()
            }
        }
    };
}

/// Each call by itself.
macro_rules! alone {
    ($graph:ident, |$tagging:ident| $write:expr) => {{
        let $tagging = &mut $graph.0;
        $write;
    }};
}

/// All calls in one transaction, which is committed.
macro_rules! in_transaction {
    ($graph:ident, |$tagging:ident| $write:expr) => {{
        let done = $graph.0.transaction(|$tagging| {
            $write;
            Ok(())
        });
        done.expect("nothing is refused");
    }};
}

tagging!(ordered, ());
tagging!(unordered, (, order = none));

contender!(Ordered, ordered, reads: true, alone);
contender!(Unordered, unordered, reads: true, alone);
contender!(InTransaction, ordered, reads: false, in_transaction);
