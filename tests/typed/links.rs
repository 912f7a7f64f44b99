//! Both ends through handles, case by case. The numbers are those of the
//! chapters in `tests/semantics/`.

use backref::{ErrorKind, Id, entity, graph};

#[entity(key = name)]
#[derive(Debug, Clone, PartialEq)]
struct Person {
    name: &'static str,
    #[relationship(back_populates = members)]
    team: ToOne<Team>,
    #[relationship(symmetric)]
    spouse: ToOne<Person>,
    #[relationship(symmetric)]
    friends: ToMany<Person>,
    #[relationship(back_populates = followers)]
    follows: ToMany<Person>,
    #[relationship(back_populates = follows)]
    followers: ToMany<Person>,
    #[relationship(back_populates = reports, acyclic)]
    boss: ToOne<Person>,
    #[relationship(back_populates = boss)]
    reports: ToMany<Person>,
    #[relationship(backref = one(owner))]
    desk: ToOne<Desk>,
    #[relationship(one_way)]
    admires: ToMany<Person>,
}

#[entity(key = name)]
#[derive(Debug, Clone, PartialEq)]
struct Team {
    name: &'static str,
    /// In the order of joining.
    #[relationship(back_populates = team)]
    members: ToMany<Person>,
    #[relationship(backref = many(teams, order = none))]
    projects: ToMany<Project>,
}

#[entity(key = title)]
#[derive(Debug, Clone, PartialEq)]
struct Project {
    title: &'static str,
}

#[entity]
#[derive(Debug, Clone, PartialEq)]
struct Desk {}

graph! {
    struct Firm { people: Person, teams: Team, projects: Project, desks: Desk }
}

type People = [Id<Person>; 4];

fn firm() -> backref::Result<(Firm, People, [Id<Team>; 2])> {
    let mut firm = Firm::new();
    let mut person = |name| firm.insert(Person { name });
    let people = [
        person("ada")?,
        person("bob")?,
        person("cid")?,
        person("dot")?,
    ];
    let teams = [
        firm.insert(Team { name: "red" })?,
        firm.insert(Team { name: "blue" })?,
    ];
    Ok((firm, people, teams))
}

fn holds(firm: &Firm) {
    firm.verify().expect("both ends agree");
}

#[test]
fn case_1_to_4_setting_one_end_moves_the_other() -> backref::Result<()> {
    let (mut firm, [ada, bob, ..], [red, blue]) = firm()?;
    assert!(firm.edit(ada).set_team(red)?);
    assert!(firm.edit(bob).set_team(red)?);
    assert!(firm.at(red).members().ids().eq([ada, bob]));
    firm.edit(ada).set_team(blue)?;
    assert!(firm.at(red).members().ids().eq([bob]));
    firm.edit(blue).members_mut().push(bob)?;
    assert!(firm.at(red).members().is_empty());
    assert!(firm.at(blue).members().ids().eq([ada, bob]));
    firm.edit(ada).set_team(None)?;
    assert_eq!(firm.at(ada).team(), None);
    assert!(firm.at(blue).members().ids().eq([bob]));
    holds(&firm);
    Ok(())
}

#[test]
fn case_5_and_12_doing_it_again_changes_nothing_and_says_so() -> backref::Result<()> {
    let (mut firm, [ada, bob, ..], [red, _]) = firm()?;
    firm.edit(red).members_mut().extend([ada, bob])?;
    assert!(!firm.edit(red).members_mut().push(ada)?);
    assert!(!firm.edit(ada).set_team(red)?);
    assert!(firm.at(red).members().ids().eq([ada, bob]));
    Ok(())
}

#[test]
fn case_6_to_8_positions() -> backref::Result<()> {
    let (mut firm, [ada, bob, cid, dot], [red, _]) = firm()?;
    let mut red_team = firm.edit(red);
    let mut members = red_team.members_mut();
    members.extend([ada, bob, cid])?;
    assert!(!members.insert_at(0, cid)?);
    assert!(members.insert_at(1, dot)?);
    assert!(members.as_row().iter().eq([cid, dot, ada, bob]));
    let beyond = members.insert_at(9, ada).map_err(|error| error.kind());
    assert_eq!(beyond, Err(ErrorKind::PositionOutOfRange));
    assert!(members.remove(dot)?);
    assert!(!members.remove(dot)?);
    assert_eq!(members.remove_at(0)?, cid);
    assert!(members.as_row().iter().eq([ada, bob]));
    holds(&firm);
    Ok(())
}

#[test]
fn case_9_to_14_whole_rows() -> backref::Result<()> {
    let (mut firm, [ada, bob, cid, dot], [red, blue]) = firm()?;
    firm.edit(red).members_mut().extend([ada, bob, cid])?;
    assert!(firm.edit(red).members_mut().replace([cid, dot, cid, ada])?);
    assert!(firm.at(red).members().ids().eq([cid, dot, ada]));
    assert_eq!(firm.at(bob).team(), None);
    assert!(!firm.edit(red).members_mut().replace([cid, dot, ada])?);
    firm.edit(red).members_mut().move_to(ada, 0)?;
    firm.edit(red).members_mut().swap(1, 2)?;
    assert!(firm.at(red).members().ids().eq([ada, dot, cid]));
    firm.edit(red).members_mut().reverse()?;
    firm.edit(red)
        .members_mut()
        .sort_by(|a, b| a.name.cmp(b.name))?;
    assert!(firm.at(red).members().ids().eq([ada, cid, dot]));
    firm.edit(red)
        .members_mut()
        .sort_by_key(|person| std::cmp::Reverse(person.name))?;
    assert!(firm.at(red).members().ids().eq([dot, cid, ada]));
    assert_eq!(firm.edit(blue).members_mut().take_all_from(red)?, 3);
    assert!(firm.at(blue).members().ids().eq([dot, cid, ada]));
    assert_eq!(firm.edit(blue).members_mut().clear()?, 3);
    assert_eq!(firm.at(dot).team(), None);
    holds(&firm);
    Ok(())
}

#[test]
fn case_18_identity_is_the_id_and_not_the_payload() -> backref::Result<()> {
    let (mut firm, _, _) = firm()?;
    let [a, b] = [firm.insert(Desk {})?, firm.insert(Desk {})?];
    assert_eq!(firm[a], firm[b]);
    assert_ne!(firm.at(a), firm.at(b));
    assert_eq!(firm.at(a), firm.at(a));
    Ok(())
}

#[test]
fn case_19_and_20_one_to_one_frees_both_old_partners() -> backref::Result<()> {
    let (mut firm, [ada, bob, ..], _) = firm()?;
    let [one, two] = [firm.insert(Desk {})?, firm.insert(Desk {})?];
    firm.edit(ada).set_desk(one)?;
    firm.edit(bob).set_desk(two)?;
    firm.edit(ada).set_desk(two)?;
    assert_eq!(firm.at(two).owner().map(PersonRef::id), Some(ada));
    assert_eq!(firm.at(one).owner(), None);
    assert_eq!(firm.at(bob).desk(), None);
    firm.edit(two).set_owner(bob)?;
    assert_eq!(firm.at(ada).desk(), None);
    holds(&firm);
    Ok(())
}

#[test]
fn case_24_to_26_many_to_many_from_either_side() -> backref::Result<()> {
    let (mut firm, _, [red, blue]) = firm()?;
    let [x, y] = [
        firm.insert(Project { title: "x" })?,
        firm.insert(Project { title: "y" })?,
    ];
    assert!(firm.edit(red).projects_mut().push(x)?);
    assert!(!firm.edit(x).teams_mut().push(red)?);
    firm.edit(x).teams_mut().push(blue)?;
    firm.edit(blue).projects_mut().replace([y, x])?;
    assert!(firm.at(blue).projects().ids().eq([y, x]));
    assert_eq!(firm.at(x).teams().len(), 2);
    firm.edit(x).teams_mut().remove(red)?;
    assert!(firm.at(red).projects().is_empty());
    holds(&firm);
    Ok(())
}

#[test]
fn case_29_cycles_are_refused_from_both_ends() -> backref::Result<()> {
    let (mut firm, [ada, bob, cid, _], _) = firm()?;
    firm.edit(bob).set_boss(ada)?;
    firm.edit(cid).set_boss(bob)?;
    let from_below = firm.edit(ada).set_boss(cid).map_err(|error| error.kind());
    let from_above = firm
        .edit(cid)
        .reports_mut()
        .push(ada)
        .map_err(|error| error.kind());
    assert_eq!(
        (from_below, from_above),
        (Err(ErrorKind::Cycle), Err(ErrorKind::Cycle))
    );
    assert_eq!(firm.at(ada).boss(), None);
    holds(&firm);
    Ok(())
}

#[test]
fn case_30_to_32_directed_and_symmetric() -> backref::Result<()> {
    let (mut firm, [ada, bob, cid, _], _) = firm()?;
    firm.edit(ada).follows_mut().push(bob)?;
    assert!(firm.at(bob).followers().ids().eq([ada]));
    assert!(firm.at(bob).follows().is_empty());
    firm.edit(ada).friends_mut().push(bob)?;
    assert!(firm.at(bob).friends().contains(ada));
    firm.edit(ada).set_spouse(bob)?;
    firm.edit(cid).set_spouse(ada)?;
    assert_eq!(firm.at(bob).spouse(), None);
    assert_eq!(firm.at(ada).spouse().map(PersonRef::id), Some(cid));
    holds(&firm);
    Ok(())
}

#[test]
fn case_33_one_way_ends_are_cleared_with_their_target() -> backref::Result<()> {
    let (mut firm, [ada, bob, ..], _) = firm()?;
    firm.edit(ada).admires_mut().push(bob)?;
    firm.edit(bob).delete()?;
    assert!(firm.at(ada).admires().is_empty());
    holds(&firm);
    Ok(())
}

#[test]
fn case_42_dead_ids_are_none_to_readers_and_errors_to_writers() -> backref::Result<()> {
    let (mut firm, [ada, bob, ..], _) = firm()?;
    firm.delete(ada)?;
    assert_eq!(firm.get(ada), None);
    assert!(!firm.contains(ada));
    let refused = firm.edit(bob).set_boss(ada).map_err(|error| error.kind());
    assert_eq!(refused, Err(ErrorKind::NotLive));
    let refused = firm.edit(ada).set_team(None).map_err(|error| error.kind());
    assert_eq!(refused, Err(ErrorKind::NotLive));
    let refused = firm.edit(ada).follows_mut().push(bob);
    assert_eq!(
        refused.map_err(|error| error.kind()),
        Err(ErrorKind::NotLive)
    );
    let reads: [fn(&Firm, Id<Person>); 2] = [
        |firm, ada| assert_eq!(firm.at(ada).team(), None),
        |firm, ada| assert!(firm.at(ada).friends().is_empty()),
    ];
    for read in reads {
        let panicked = std::panic::catch_unwind(|| read(&firm, ada));
        assert!(panicked.is_err(), "it is dead");
    }
    assert_eq!(
        firm.try_edit(ada).map_err(|error| error.kind()).err(),
        Some(ErrorKind::NotLive)
    );
    let dead = std::panic::catch_unwind(|| firm.at(ada).name);
    let message = *dead
        .expect_err("it is dead")
        .downcast::<String>()
        .expect("in words");
    assert_eq!(message, "Person#1v1 was deleted");
    Ok(())
}

#[test]
fn case_51_a_plan_says_who_would_go() -> backref::Result<()> {
    let (firm, [ada, bob, ..], _) = firm()?;
    let plan = firm.at(ada).plan_delete()?;
    assert!(plan.is_allowed());
    assert_eq!(plan.entities().len(), 1);
    let plan = firm.plan_delete([ada.into(), bob.into()])?;
    assert_eq!(plan.entities().len(), 2);
    Ok(())
}

#[test]
fn case_67_a_walker_outlives_edits() -> backref::Result<()> {
    let (mut firm, [ada, bob, cid, dot], [red, blue]) = firm()?;
    firm.edit(red).members_mut().extend([ada, bob, cid])?;
    let mut walker = firm.at(red).members().walk();
    let mut met = Vec::new();
    while let Some(person) = walker.next(&firm) {
        met.push(person);
        firm.edit(bob).set_team(blue)?;
        firm.edit(dot).set_team(red)?;
    }
    assert_eq!(met, [ada, cid]);
    Ok(())
}

#[test]
fn rows_are_read_as_handles_from_both_sides() -> backref::Result<()> {
    let (mut firm, [ada, bob, cid, dot], [red, _]) = firm()?;
    firm.edit(red).members_mut().extend([ada, bob, cid])?;
    let members = firm.at(red).members();
    assert_eq!(members.len(), 3);
    assert_eq!(members.first().map(|person| person.name), Some("ada"));
    assert_eq!(members.last().map(|person| person.name), Some("cid"));
    assert_eq!(members.get(1).map(PersonRef::id), Some(bob));
    assert_eq!(members.position(cid), Some(2));
    assert!(!members.contains(dot));
    assert!(
        members
            .iter()
            .rev()
            .map(|person| person.name)
            .eq(["cid", "bob", "ada"])
    );
    assert_eq!(members.iter().len(), 3);
    assert_eq!(
        format!("{members:?}"),
        "[Person#1v1, Person#2v1, Person#3v1]"
    );
    let mut names = Vec::new();
    for person in members {
        names.push(person.name);
    }
    assert_eq!(names, ["ada", "bob", "cid"]);
    Ok(())
}

#[test]
fn a_graph_is_cloned_with_its_ids_and_compared() -> backref::Result<()> {
    let (mut firm, [ada, ..], [red, _]) = firm()?;
    let copy = firm.try_clone()?;
    assert!(firm.try_eq(&copy)?);
    firm.edit(ada).set_team(red)?;
    assert!(!firm.try_eq(&copy)?);
    assert_eq!(copy.at(ada).team(), None);
    Ok(())
}

#[test]
fn a_handle_that_can_change_reads_too() -> backref::Result<()> {
    let (mut firm, [ada, ..], [red, _]) = firm()?;
    let mut edit = firm.edit(ada);
    edit.set_team(red)?;
    assert_eq!(edit.read().team().map(|team| team.name), Some("red"));
    assert_eq!(edit.name, "ada");
    assert_eq!(format!("{edit:?}"), "Person#1v1");
    let gone = edit.delete()?;
    assert_eq!((gone.payload.name, gone.links), ("ada", 1));
    Ok(())
}

#[test]
fn many_are_inserted_and_linked_by_one_call_each() {
    let mut firm = Firm::new();
    let named = |name| Team { name };
    let teams = firm.insert_all([named("red"), named("blue")]);
    let [red, blue] = teams.expect("both names are free")[..] else {
        panic!("there are two");
    };
    let people = firm.insert_all(["Ann", "Bob", "Cid"].map(|name| Person { name }));
    let people = people.expect("the names are free");
    let pairs = people.iter().map(|&person| (person, blue));
    assert_eq!(firm.bulk(Person::TEAM, pairs).expect("all are live"), 3);
    let pairs = [(red, people[2]), (red, people[0])];
    assert_eq!(firm.bulk(Team::MEMBERS, pairs).expect("all are live"), 2);
    assert!(firm.at(red).members().ids().eq([people[2], people[0]]));
    let room = firm.edit(blue).members_mut().reserve(100);
    room.expect("there is room");
    firm.shrink_to_fit();
    assert!(firm.at(blue).members().ids().eq([people[1]]));
    firm.verify().expect("both ends agree");
}
