//! Deletes and what they take along, and who forbids them. The numbers are
//! those of the chapters in `tests/semantics/`.

use backref::{BlockReason, ErrorKind, entity, graph};

#[entity(key = name)]
#[derive(Debug, Clone)]
struct Album {
    name: &'static str,
    #[relationship(back_populates = album, delete_rule = cascade)]
    tracks: ToMany<Track>,
    #[relationship(backref = albums, delete_rule = deny)]
    owners: ToMany<Owner>,
}

#[entity]
#[derive(Debug, Clone)]
struct Track {
    title: &'static str,
    #[relationship(back_populates = tracks)]
    album: ToOne<Album>,
    #[relationship(back_populates = previous, delete_rule = cascade)]
    next: ToOne<Track>,
    #[relationship(back_populates = next)]
    previous: ToOne<Track>,
    #[relationship(backref = one(mixed_by), required)]
    mix: ToOne<Mix>,
    #[relationship(backref = plays, delete_rule = cascade_up)]
    last_play: ToOne<Play>,
}

#[entity]
#[derive(Debug, Clone)]
struct Mix {}

#[entity]
#[derive(Debug, Clone)]
struct Play {}

#[entity(key = name)]
#[derive(Debug, Clone)]
struct Owner {
    name: &'static str,
}

graph! {
    struct Shelf { albums: Album, tracks: Track, mixes: Mix, plays: Play, owners: Owner }
}

fn track(title: &'static str) -> NewTrack<(backref::typed::Set,)> {
    Track { title }.with_mix(Mix {})
}

fn kind<T>(result: backref::Result<T>) -> Option<ErrorKind> {
    result.map_err(|error| error.kind()).err()
}

#[test]
fn case_21_setting_the_next_of_a_chain_frees_both_old_neighbours() -> backref::Result<()> {
    let mut shelf = Shelf::new();
    let c = shelf.insert(track("c"))?;
    let b = shelf.insert(track("b").with_next(c))?;
    let a = shelf.insert(track("a").with_next(b))?;
    shelf.edit(a).set_next(c)?;
    assert_eq!(shelf.at(b).previous(), None);
    assert_eq!(shelf.at(b).next(), None);
    assert_eq!(shelf.at(c).previous().map(TrackRef::id), Some(a));
    shelf.verify().expect("both ends agree");
    Ok(())
}

#[test]
fn case_23_a_required_one_to_one_partner_is_not_taken_away() -> backref::Result<()> {
    let mut shelf = Shelf::new();
    let [a, b] = [shelf.insert(track("a"))?, shelf.insert(track("b"))?];
    let mix = shelf.at(b).mix().id();
    let refused = shelf
        .edit(a)
        .set_mix(mix)
        .map_err(|error| error.to_string());
    assert_eq!(
        refused,
        Err("Track#2v1 would be left without Track.mix, which is required".to_owned())
    );
    assert_eq!(shelf.at(b).mix().id(), mix);
    Ok(())
}

#[test]
fn case_43_links_are_built_before_their_targets_are_read() -> backref::Result<()> {
    let mut shelf = Shelf::new();
    let (eden, is_new) = shelf.get_or_insert(Owner { name: "eden" })?;
    assert!(is_new);
    let album = shelf.insert(Album { name: "first" }.with_owners([eden]))?;
    let (same, old) = shelf.upsert(Owner { name: "eden" })?; // read at last
    assert_eq!((same, old.map(|owner| owner.name)), (eden, Some("eden")));
    assert!(shelf.at(eden).albums().ids().eq([album]));
    Ok(())
}

#[test]
fn case_44_to_46_a_cascade_takes_parts_and_chains_along() -> backref::Result<()> {
    let mut shelf = Shelf::new();
    let last = shelf.insert(track("last"))?;
    let album = shelf.insert(
        Album { name: "first" }.with_tracks([track("one").with_next(last), track("two")]),
    )?;
    let mixes = shelf.count::<Mix>();
    let gone = shelf.edit(album).delete()?;
    assert_eq!((gone.payload.name, gone.others.len()), ("first", 3));
    assert!(!shelf.contains(last));
    assert_eq!(shelf.count::<Mix>(), mixes, "nullified, and there still");
    assert!(shelf.mixes().all(|mix| mix.mixed_by().is_none()));
    shelf.verify().expect("both ends agree");
    Ok(())
}

#[test]
fn case_47_and_51_a_delete_is_denied_and_the_plan_says_by_whom() -> backref::Result<()> {
    let mut shelf = Shelf::new();
    let owner = shelf.insert(Owner { name: "ann" })?;
    let album = shelf.insert(Album { name: "first" }.with_owners([owner]))?;
    assert_eq!(kind(shelf.edit(album).delete()), Some(ErrorKind::Denied));
    assert!(shelf.contains(album));
    let plan = shelf.at(album).plan_delete()?;
    let blocker = plan.blockers()[0];
    assert_eq!(blocker.blocked_by.of::<Owner>(), Some(owner));
    assert_eq!(blocker.reason, BlockReason::Denies);
    let gone = shelf.delete_all([album.into(), owner.into()])?;
    assert_eq!(gone.entities.len(), 2);
    Ok(())
}

#[test]
fn case_48_cascade_up_takes_the_one_they_share() -> backref::Result<()> {
    let mut shelf = Shelf::new();
    let play = shelf.insert(Play {})?;
    let a = shelf.insert(track("a").with_last_play(play))?;
    let b = shelf.insert(track("b").with_last_play(play))?;
    shelf.delete(a)?;
    assert!(!shelf.contains(play));
    assert_eq!(shelf.at(b).last_play(), None);
    Ok(())
}

#[test]
fn case_49_and_52_required_survivors_and_the_dead() -> backref::Result<()> {
    let mut shelf = Shelf::new();
    let a = shelf.insert(track("a"))?;
    let mix = shelf.at(a).mix().id();
    assert_eq!(kind(shelf.delete(mix)), Some(ErrorKind::Required));
    shelf.delete(a)?;
    assert_eq!(kind(shelf.delete(a)), Some(ErrorKind::NotLive));
    shelf.delete(mix)?;
    let refused = shelf.insert(Track { title: "b" }.with_mix(mix));
    assert_eq!(kind(refused), Some(ErrorKind::NotLive));
    shelf.verify().expect("both ends agree");
    Ok(())
}
