//! Memory given back.

use crate::engine::Engine;

impl Engine {
    /// Gives back all room that is not in use. Nobody can see it.
    ///
    /// While changes are recorded rows keep their holes, whose offsets are in
    /// the record.
    pub(crate) fn shrink_to_fit(&mut self) {
        let all = self.entities.iter_mut();
        let slots: Vec<usize> = all.map(|all| all.shrink_to_fit()).collect();
        let is_recorded = self.sink.is_listening();
        let relations = self.relations.iter_mut().zip(&self.rules);
        for ((relation, rules), column) in relations.zip(&mut self.data) {
            let owners = rules.owners.map(|entity| slots[entity.index()]);
            let renumbered = relation.shrink_to_fit(owners, is_recorded);
            if let Some(column) = column {
                column.shrink_to_fit(&renumbered);
            }
        }
        self.sink.shrink_to_fit();
        if let Some(uids) = &mut self.uids {
            uids.shrink_to_fit();
        }
    }
}
