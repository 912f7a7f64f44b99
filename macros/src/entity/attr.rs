//! What stands in the attributes.

mod end;
mod entity;
mod relationship;

use super::said::Said;

pub(super) use end::{DeleteRule, EndOptions, Order, field_number};
pub(super) use entity::{EntityOptions, IndexKind};
pub(super) use relationship::{MadeEnd, Pairing, RelationshipOptions};

/// Puts an option where none is yet.
fn once<T>(place: &mut Option<T>, value: T, said: &Said) -> syn::Result<()> {
    if place.is_some() {
        return Err(said.wrong("is said twice"));
    }
    *place = Some(value);
    Ok(())
}
