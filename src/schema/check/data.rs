//! The data of links: one type for each relationship.

use super::{DeclaredEnd, Relationship, Right};
use crate::link_data::DataDef;

/// Judges what each end says of the data of its links, and whether the two
/// ends of a relationship agree.
pub(super) fn check(
    ends: &[DeclaredEnd<'_>],
    relationships: &[Relationship<'_>],
    problems: &mut Vec<String>,
) {
    for end in ends {
        check_end(&end.declared.name, &end.declared.data, problems);
    }
    for Relationship { left, right } in relationships {
        if let Right::Declared(right) = right
            && let ([here], [there]) = (&*left.declared.data, &*right.declared.data)
            && here.merged(there).is_none()
        {
            problems.push(format!(
                "{} has data of type {} and {}, its inverse, of type {}: \
                 a link has one data, say it at one end or the same at both",
                left.declared.name, here.type_name, right.declared.name, there.type_name
            ));
        }
    }
}

fn check_end(end: &str, said: &[DataDef], problems: &mut Vec<String>) {
    match said {
        [data] if !data.has_default() => problems.push(format!(
            "{end} says what can be done with data of type {name}, but has none: add data::<{name}>()",
            name = data.type_name
        )),
        [_] | [] => {}
        several => {
            let types: Vec<&str> = several.iter().map(|data| data.type_name).collect();
            let types = types.join(" and ");
            problems.push(format!(
                "{end} has data of types {types}: keep one of them, for a link has one data"
            ));
        }
    }
}
