//! Chunks, homes and sums, held against vectors.

use super::*;

/// The next number of a generator that needs no more than its last.
fn step(random: &mut usize) -> usize {
    *random = random
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1);
    *random >> 33
}

fn filled(members: impl IntoIterator<Item = Slot>) -> Sorted {
    let mut sorted = Sorted::new(false);
    let mut last = NONE;
    for member in members {
        sorted.place(1, member, last);
        last = member;
    }
    sorted
}

fn assert_is(sorted: &Sorted, owner: Slot, model: &[Slot]) {
    sorted.check(owner).expect("it holds");
    let members = sorted.members(owner);
    assert_eq!(members.len(), model.len());
    assert!(members.eq(model.iter().copied()));
    assert!(members.rev().eq(model.iter().rev().copied()));
    let folded = members.fold(Vec::new(), |mut all, member| {
        all.push(member);
        all
    });
    assert_eq!(folded, model);
    for (position, &member) in model.iter().enumerate().step_by(37) {
        assert_eq!(members.at(position), Some(member));
        assert_eq!(sorted.position(owner, member), position);
        assert_eq!(
            members.before(u32::try_from(position).expect("is small")),
            position
        );
    }
    assert_eq!(members.at(model.len()), None);
}

/// Takes from both sides in turn, at random.
fn assert_meets_in_the_middle(sorted: &Sorted, owner: Slot, model: &[Slot], random: &mut usize) {
    let (mut members, mut rest) = (sorted.members(owner), model);
    while let [first, others @ ..] = rest {
        assert_eq!(members.len(), rest.len());
        if step(random).is_multiple_of(2) {
            assert_eq!(members.next(), Some(*first));
            rest = others;
        } else {
            assert_eq!(members.next_back(), rest.last().copied());
            rest = &rest[..rest.len() - 1];
        }
        if step(random).is_multiple_of(200) {
            assert!(members.eq(rest.iter().copied()), "the rest is as it is");
        }
    }
    assert_eq!((members.next(), members.next_back()), (None, None));
}

fn agrees_with_vectors(shared: bool, owners: u32) {
    let mut random = 7;
    let mut sorted = Sorted::new(shared);
    let mut models = vec![Vec::<Slot>::new(); owners as usize + 1];
    let all = if shared { 1500 } else { 1500 * owners };
    for round in 0..20_000 {
        let owner = 1 + u32::try_from(step(&mut random)).expect("31 bits") % owners;
        let slot = 1 + u32::try_from(step(&mut random)).expect("31 bits") % all;
        let taken = models.iter().any(|model| model.contains(&slot));
        let model = &mut models[owner as usize];
        let grows = round / 4000 % 2 == 0;
        let place = if shared {
            !model.contains(&slot)
        } else {
            !taken
        };
        if place && (model.is_empty() || (step(&mut random) % 8 < 6) == grows) {
            let at = step(&mut random) % (model.len() + 1);
            sorted.place(owner, slot, if at == 0 { NONE } else { model[at - 1] });
            model.insert(at, slot);
        } else if !model.is_empty() {
            let at = step(&mut random) % model.len();
            let member = model.remove(at);
            let before = if at == 0 { NONE } else { model[at - 1] };
            assert_eq!(sorted.before(owner, member), before);
            assert_eq!(sorted.take(owner, member), before);
        }
        if round % 400 == 0 {
            for owner in 1..=owners {
                assert_is(&sorted, owner, &models[owner as usize]);
            }
            assert_meets_in_the_middle(&sorted, owner, &models[owner as usize], &mut random);
        }
    }
}

#[test]
fn rows_that_share_their_members_agree_with_vectors() {
    agrees_with_vectors(true, 3);
}

#[test]
fn rows_of_members_with_one_row_agree_with_vectors() {
    agrees_with_vectors(false, 3);
}

#[test]
fn what_is_filled_from_the_front_fills_its_chunks() {
    let sorted = filled(1..=5000);
    assert_is(&sorted, 1, &(1..=5000).collect::<Vec<_>>());
    let Row::Long(row) = &sorted.rows[1] else {
        panic!("5000 members are more than a chunk")
    };
    assert_eq!(row.chunks.len(), 5000_usize.div_ceil(FULL));
}

#[test]
fn chunks_do_not_outlive_their_members() {
    let mut sorted = filled(1..=50_000);
    for member in (1..=50_000).filter(|member| member % 500 != 0) {
        sorted.take(1, member);
    }
    assert_is(&sorted, 1, &(1..=100).map(|n| n * 500).collect::<Vec<_>>());
    assert!(matches!(sorted.rows[1], Row::Short(_)));
    assert_eq!(sorted.chunks.places.len(), sorted.chunks.free.len() + 1);
}

#[test]
fn a_position_is_found_by_a_predicate() {
    for count in [0, 1, 255, 256, 257, 2000] {
        let sorted = filled(1..=count);
        for limit in 0..=count {
            let position = sorted.partition_point(1, |member| member <= limit);
            assert_eq!(position, limit as usize);
        }
    }
}

#[test]
fn a_row_that_nobody_has_is_empty() {
    let sorted = Sorted::new(true);
    assert_eq!(sorted.members(9).len(), 0);
    assert_eq!(sorted.partition_point(9, |_| true), 0);
    sorted.check(9).expect("it holds");
}

#[test]
fn a_row_takes_three_words_until_it_is_long() {
    assert_eq!((size_of::<Row>(), size_of::<Chunk>()), (24, 32));
}
