//! Children and rows without what is not in use.

use crate::links::column;
use crate::links::many_to_one::ManyToOne;

impl ManyToOne {
    /// See [`Relation::shrink_to_fit`](crate::links::Relation::shrink_to_fit).
    pub(crate) fn shrink_to_fit(&mut self, owners: [usize; 2], is_recorded: bool) {
        let parents = owners[self.child_side.other().index()];
        self.rows
            .shrink_to_fit(parents, is_recorded, &mut self.children);
        column::fit(&mut self.children.0, owners[self.child_side.index()]);
    }
}
