//! The checks of ends: they read what is there.

use super::{DeclaredEnd, Types};
use crate::schema::asked::EndCheck;
use crate::schema::declaration::{EntityDeclaration, Pairing};

/// Judges the checks of all ends, and of those that they make: each reads the
/// payloads of its owner and of its members, at an end of several types those
/// of one of them.
pub(super) fn check(ends: &[DeclaredEnd<'_>], types: &Types<'_>, problems: &mut Vec<String>) {
    for variants in ends.chunk_by(|one, other| one.at == other.at) {
        let declared = variants[0].declared;
        let pairs = pairs(variants, types);
        let near = Asked {
            end: &declared.name,
            pairs: &pairs,
        };
        near.check(&declared.options.checks, problems);
        if let (Some(Pairing::Backref(_, made)), Some(inverse)) =
            (variants[0].pairing, &declared.inverse)
        {
            let back: Vec<Pair<'_>> = pairs.iter().map(|&(owner, it)| (it, owner)).collect();
            let far = Asked {
                end: &format!(
                    "{}.{made}, which {} makes by backref,",
                    variants[0].target_name, declared.name
                ),
                pairs: &back,
            };
            far.check(&inverse.checks, problems);
        }
    }
}

/// The types of an owner and of its members.
type Pair<'a> = (&'a EntityDeclaration, &'a EntityDeclaration);

/// The types that an end leads from and to, where all are known.
fn pairs<'a>(variants: &[DeclaredEnd<'_>], types: &Types<'a>) -> Vec<Pair<'a>> {
    let pairs = variants.iter().map(|end| {
        let (owner, target) = (end.name?.0, end.target?);
        Some((types.declared(owner), types.declared(target)))
    });
    pairs.collect::<Option<_>>().unwrap_or_default()
}

struct Asked<'a> {
    end: &'a str,
    pairs: &'a [Pair<'a>],
}

impl Asked<'_> {
    fn check(&self, checks: &[EndCheck], problems: &mut Vec<String>) {
        let fits = |check: &EndCheck| {
            let mut pairs = self.pairs.iter();
            pairs.any(|(owner, member)| check.fits(owner.type_id, member.type_id))
        };
        let Some((owner, member)) = self.pairs.first() else {
            return;
        };
        for check in checks.iter().filter(|check| !fits(check)) {
            let (owner, member) = (owner.type_name, member.type_name);
            problems.push(format!(
                "{} has a check of links from a {} to a {}, but it leads from a {owner} to a {member}: \
                 let it take a &PlannedLinks<{owner}, {member}>",
                self.end, check.owner.name, check.member.name
            ));
        }
    }
}
