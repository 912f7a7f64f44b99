//! Parts of a graph: walks over chosen ends, paths, and copies.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use backref::{
    AnyId, Copied, DeleteRule, EndId, EntityType, ErrorKind, Graph, Id, Key, Schema, ToMany, ToOne,
    UniqueKey,
};

use crate::model::{
    Folder, Library, Named, Passport, Person, assert_sound, declare, insert, library, one, refused,
    row,
};

/// A tree: root over a and b, a over c and d.
fn tree() -> (Graph, Library, [Id<Folder>; 5]) {
    let (mut graph, l) = library();
    let ids = insert(&mut graph, l.folder, ["root", "a", "b", "c", "d"]);
    let [root, a, b, c, d] = ids;
    for (parent, children) in [(root, [a, b]), (a, [c, d])] {
        let mut row = graph
            .row_mut(l.folder_children, parent)
            .expect("both are live");
        row.extend(children).expect("both are live");
    }
    (graph, l, ids)
}

#[test]
fn a_walk_in_breadth_meets_the_nearest_first_and_row_by_row() {
    let (graph, l, [root, a, b, c, d]) = tree();
    let walk = graph.breadth_first(l.folder_children, [root]);
    assert!(walk.ids().eq([root, a, b, c, d]));
    let walk = graph.breadth_first(l.folder_children, [b, a, b]);
    assert!(
        walk.map(|it| (it.id, it.depth))
            .eq([(b, 0), (a, 0), (c, 1), (d, 1)])
    );
}

#[test]
fn a_walk_in_depth_meets_an_entity_before_what_follows_from_it() {
    let (graph, l, [root, a, b, c, d]) = tree();
    let walk = graph.depth_first(l.folder_children, [root]);
    assert!(walk.ids().eq([root, a, c, d, b]));
}

#[test]
fn a_walk_in_depth_reaches_an_entity_by_the_way_it_takes_first() {
    let (mut graph, l) = library();
    let [a, b, c] = insert(&mut graph, l.person, ["a", "b", "c"]);
    for (person, follows) in [(a, vec![b, c]), (b, vec![c])] {
        let mut row = graph.row_mut(l.person_follows, person).unwrap();
        row.extend(follows).unwrap();
    }
    let end = l.person_follows.untyped();
    let mut walk = graph.depth_first(l.person_follows, [a]).skip(2);
    assert_eq!(
        walk.next().map(|it| (it.id, it.depth, it.through)),
        Some((c, 2, Some((b, end))))
    );
    let mut walk = graph.breadth_first(l.person_follows, [a]).skip(2);
    assert_eq!(
        walk.next().map(|it| (it.id, it.depth, it.through)),
        Some((c, 1, Some((a, end))))
    );
}

#[test]
fn a_walk_meets_everybody_once_whatever_cycles_there_are() {
    let (mut graph, l) = library();
    let [a, b, c] = insert(&mut graph, l.person, ["a", "b", "c"]);
    for (person, friends) in [(a, [a, b]), (b, [c, a]), (c, [a, b])] {
        let mut row = graph.row_mut(l.person_friends, person).unwrap();
        row.extend(friends).unwrap();
    }
    let ends = [l.person_friends, l.person_follows];
    assert!(graph.breadth_first(ends, [b]).ids().eq([b, a, c]));
    assert!(graph.depth_first(ends, [b, a]).ids().eq([b, a, c]));
}

#[test]
fn nobody_is_met_through_an_entity_that_is_skipped() {
    let (graph, l, [root, a, b, ..]) = tree();
    let mut met = Vec::new();
    let mut walk = graph.depth_first(l.folder_children, [root]);
    while let Some(visit) = walk.next() {
        met.push(visit.id);
        if visit.id == a {
            walk.skip_below();
        }
    }
    assert_eq!(met, [root, a, b]);
    met.clear();
    let mut walk = graph.breadth_first(l.folder_children, [root]);
    while let Some(visit) = walk.next() {
        met.push(visit.id);
        if visit.id == a {
            walk.skip_below();
        }
    }
    assert_eq!(met, [root, a, b]);
}

#[test]
fn who_is_skipped_is_no_obstacle_on_another_way() {
    let (mut graph, l) = library();
    let [a, b, c, d] = insert(&mut graph, l.person, ["a", "b", "c", "d"]);
    for (person, follows) in [(a, vec![b, c]), (b, vec![d]), (c, vec![d])] {
        let mut row = graph.row_mut(l.person_follows, person).unwrap();
        row.extend(follows).unwrap();
    }
    let mut walk = graph.depth_first(l.person_follows, [a]);
    let mut met = Vec::new();
    while let Some(visit) = walk.next() {
        met.push(visit.id);
        if visit.id == b {
            walk.skip_below();
        }
    }
    assert_eq!(met, [a, b, c, d]);
}

#[test]
fn a_walk_goes_over_ends_of_several_types_and_both_cardinalities() {
    let (mut graph, l) = library();
    let [lem] = insert(&mut graph, l.author, ["Lem"]);
    let [eden, solaris] = insert(&mut graph, l.book, ["Eden", "Solaris"]);
    let [one_image] = insert(&mut graph, l.image, ["cover"]);
    graph
        .row_mut(l.author_books, lem)
        .unwrap()
        .extend([eden, solaris])
        .unwrap();
    graph.set(l.book_cover, solaris, one_image).unwrap();
    let ends = [l.author_books.untyped(), l.book_cover.untyped()];
    let (lem, eden) = (l.author.any(lem), l.book.any(eden));
    let (solaris, cover) = (l.book.any(solaris), l.image.any(one_image));
    let walk = graph.untyped().depth_first(&ends, [lem]);
    assert!(walk.ids().eq([lem, eden, solaris, cover]));
    let path = graph.untyped().path(&ends, lem, cover).unwrap();
    assert!(path.iter().map(|visit| visit.id).eq([lem, solaris, cover]));
}

#[test]
fn ancestors_come_nearest_first_and_descendants_as_a_tree_is_written() {
    let (graph, l, [root, a, b, c, d]) = tree();
    assert!(graph.ancestors(l.folder_parent, d).ids().eq([a, root]));
    assert!(
        graph
            .descendants(l.folder_children, root)
            .ids()
            .eq([a, c, d, b])
    );
    assert_eq!(graph.ancestors(l.folder_parent, root).count(), 0);
    assert_eq!(graph.descendants(l.folder_children, b).count(), 0);
    assert_eq!(
        graph.ancestors(l.folder_parent, c).map(|it| it.depth).max(),
        Some(2)
    );
}

#[test]
fn an_entity_on_a_cycle_is_not_its_own_ancestor() {
    let (mut graph, l) = library();
    let [a, b] = insert(&mut graph, l.topic, ["a", "b"]);
    graph.set(l.topic_parent, a, b).unwrap();
    graph.set(l.topic_parent, b, a).unwrap();
    assert!(graph.ancestors(l.topic_parent, a).ids().eq([b]));
}

#[test]
fn the_shortest_path_is_taken_and_of_several_the_first_in_breadth() {
    let (mut graph, l) = library();
    let [a, b, c, d] = insert(&mut graph, l.person, ["a", "b", "c", "d"]);
    for (person, follows) in [(a, vec![b, c]), (b, vec![d]), (c, vec![d]), (d, vec![a])] {
        let mut row = graph.row_mut(l.person_follows, person).unwrap();
        row.extend(follows).unwrap();
    }
    let ids = |from, to| {
        let path = graph.path(l.person_follows, from, to)?;
        Some(path.into_iter().map(|visit| visit.id).collect::<Vec<_>>())
    };
    assert_eq!(ids(a, d), Some(vec![a, b, d]));
    assert_eq!(ids(d, c), Some(vec![d, a, c]));
    assert_eq!(ids(a, a), Some(vec![a]));
    assert_eq!(graph.path(l.person_friends, a, d), None);
}

#[test]
fn the_dead_and_foreign_ends_lead_to_nobody() {
    let (mut graph, l, [root, a, ..]) = tree();
    let (other, other_l) = library();
    assert_eq!(other.breadth_first(l.folder_children, [root]).count(), 0);
    assert!(other.reachable(l.folder_children, [root]).is_empty());
    assert_eq!(
        graph.breadth_first(other_l.folder_children, [root]).count(),
        0
    );
    graph.delete(l.folder, a).unwrap();
    assert_eq!(graph.breadth_first(l.folder_children, [a]).count(), 0);
    assert_eq!(graph.path(l.folder_children, a, a), None);
    assert!(!graph.reachable(l.folder_children, [root]).contains(a));
}

/// A copy over children of the whole tree, or a part.
fn copy_tree(graph: &mut Graph, l: Library, id: Id<Folder>) -> Copied {
    let ends = [l.folder_children.untyped()];
    graph
        .copy([l.folder.any(id)], ends)
        .insert()
        .expect("nothing is in the way")
}

#[test]
fn links_inside_what_is_copied_lead_to_copies_in_the_order_of_the_originals() {
    let (mut graph, l, [root, a, ..]) = tree();
    graph
        .row_mut(l.folder_children, a)
        .unwrap()
        .reverse()
        .unwrap();
    let copied = copy_tree(&mut graph, l, root);
    assert_eq!(copied.len(), 5);
    let [new_root, new_a] = [root, a].map(|id| copied.of(l.folder, id).unwrap());
    assert_eq!(row(&graph, l.folder_children, new_root), ["a", "b"]);
    assert_eq!(row(&graph, l.folder_children, new_a), ["d", "c"]);
    assert_eq!(graph.one(l.folder_parent, new_a), Some(new_root));
    assert_eq!(row(&graph, l.folder_children, a), ["d", "c"]);
    assert_eq!(graph.one(l.folder_parent, new_root), None);
}

#[test]
fn links_inside_are_copied_at_all_ends_and_not_only_where_the_copy_went_along() {
    let (mut graph, l) = library();
    let [lem] = insert(&mut graph, l.author, ["Lem"]);
    let [profile] = insert(&mut graph, l.profile, ["his"]);
    let [eden] = insert(&mut graph, l.book, ["Eden"]);
    let [picture] = insert(&mut graph, l.image, ["picture"]);
    graph.set(l.author_profile, lem, profile).unwrap();
    graph.set(l.book_author, eden, lem).unwrap();
    graph
        .row_mut(l.book_pictures, eden)
        .unwrap()
        .push(picture)
        .unwrap();
    let roots = [
        l.author.any(lem),
        l.profile.any(profile),
        l.book.any(eden),
        l.image.any(picture),
    ];
    let copied = graph.copy(roots, []).insert().unwrap();
    let author = copied.of(l.author, lem).unwrap();
    let book = copied.of(l.book, eden).unwrap();
    assert_eq!(
        graph.one(l.author_profile, author),
        copied.of(l.profile, profile)
    );
    assert_eq!(graph.one(l.book_author, book), Some(author));
    let pictures = graph.row(l.book_pictures, book);
    assert!(pictures.iter().eq(copied.of(l.image, picture)));
    assert_eq!(row(&graph, l.author_books, lem), ["Eden"]);
}

#[test]
fn a_link_of_many_to_one_to_somebody_else_is_kept() {
    let (mut graph, l, [root, a, b, ..]) = tree();
    let copied = copy_tree(&mut graph, l, a);
    let copy = copied.of(l.folder, a).unwrap();
    assert_eq!(graph.one(l.folder_parent, copy), Some(root));
    assert!(graph.row(l.folder_children, root).iter().eq([a, b, copy]));
}

#[test]
fn the_members_of_a_row_who_are_not_copied_stay_with_the_original() {
    let (mut graph, l) = library();
    let [lem] = insert(&mut graph, l.author, ["Lem"]);
    let [eden] = insert(&mut graph, l.book, ["Eden"]);
    graph.set(l.book_author, eden, lem).unwrap();
    let copied = graph.copy([l.author.any(lem)], []).insert().unwrap();
    let copy = copied.of(l.author, lem).unwrap();
    assert_eq!(row(&graph, l.author_books, copy), [""; 0]);
    assert_eq!(one(&graph, l.book_author, eden), Some("Lem"));
    assert_eq!(row(&graph, l.author_books, lem), ["Eden"]);
}

#[test]
fn a_link_of_many_to_many_to_somebody_else_is_kept_and_last_over_there() {
    let (mut graph, l) = library();
    let [eden, solaris] = insert(&mut graph, l.book, ["Eden", "Solaris"]);
    let [sf, classic] = insert(&mut graph, l.tag, ["sf", "classic"]);
    graph
        .row_mut(l.tag_books, sf)
        .unwrap()
        .extend([solaris, eden])
        .unwrap();
    graph
        .row_mut(l.book_tags, eden)
        .unwrap()
        .insert_at(0, classic)
        .unwrap();
    let copied = graph.copy([l.book.any(eden)], []).insert().unwrap();
    let copy = copied.of(l.book, eden).unwrap();
    assert_eq!(row(&graph, l.book_tags, copy), ["classic", "sf"]);
    assert!(graph.row(l.tag_books, sf).iter().eq([solaris, eden, copy]));
}

#[test]
fn copies_come_into_the_row_of_somebody_else_in_the_order_in_which_they_are_met() {
    let (mut graph, l) = library();
    let [eden, solaris] = insert(&mut graph, l.book, ["Eden", "Solaris"]);
    let [sf] = insert(&mut graph, l.tag, ["sf"]);
    graph
        .row_mut(l.tag_books, sf)
        .unwrap()
        .extend([solaris, eden])
        .unwrap();
    let roots = [l.book.any(eden), l.book.any(solaris)];
    graph.copy(roots, []).insert().unwrap();
    assert_eq!(
        row(&graph, l.tag_books, sf),
        ["Solaris", "Eden", "Eden", "Solaris"]
    );
}

#[test]
fn a_partner_of_one_to_one_who_is_not_copied_is_taken() {
    let (mut graph, l) = library();
    let [lem] = insert(&mut graph, l.author, ["Lem"]);
    let [profile] = insert(&mut graph, l.profile, ["his"]);
    graph.set(l.author_profile, lem, profile).unwrap();
    let copied = graph.copy([l.author.any(lem)], []).insert().unwrap();
    let copy = copied.of(l.author, lem).unwrap();
    assert_eq!(one(&graph, l.author_profile, copy), None);
    assert_eq!(graph.one(l.profile_author, profile), Some(lem));
}

#[test]
fn a_copy_points_where_its_original_points_one_way_and_nobody_points_to_it() {
    let (mut graph, l) = library();
    let [eden] = insert(&mut graph, l.book, ["Eden"]);
    let [cover, picture] = insert(&mut graph, l.image, ["cover", "picture"]);
    graph.set(l.book_cover, eden, cover).unwrap();
    graph
        .row_mut(l.book_pictures, eden)
        .unwrap()
        .push(picture)
        .unwrap();
    let copied = graph.copy([l.book.any(eden)], []).insert().unwrap();
    let copy = copied.of(l.book, eden).unwrap();
    assert_eq!(one(&graph, l.book_cover, copy), Some("cover"));
    assert_eq!(row(&graph, l.book_pictures, copy), ["picture"]);

    graph.copy([l.image.any(picture)], []).insert().unwrap();
    assert_eq!(row(&graph, l.book_pictures, eden), ["picture"]);
}

#[test]
fn symmetric_links_are_copied_inside_and_kept_outside() {
    let (mut graph, l) = library();
    let [a, b, c] = insert(&mut graph, l.person, ["a", "b", "c"]);
    graph
        .row_mut(l.person_friends, a)
        .unwrap()
        .extend([b, a, c])
        .unwrap();
    graph.set(l.person_spouse, a, b).unwrap();
    let roots = [l.person.any(a), l.person.any(b)];
    let copied = graph.copy(roots, []).insert().unwrap();
    let [x, y] = [a, b].map(|id| copied.of(l.person, id).unwrap());
    assert!(graph.row(l.person_friends, x).iter().eq([y, x, c]));
    assert!(graph.row(l.person_friends, c).iter().eq([a, x]));
    assert_eq!(graph.one(l.person_spouse, y), Some(x));

    let copied = graph.copy([l.person.any(a)], []).insert().unwrap();
    let z = copied.of(l.person, a).unwrap();
    assert_eq!(graph.one(l.person_spouse, z), None);
    assert!(graph.row(l.person_friends, z).iter().eq([b, z, c]));
}

/// A passport, which cannot be without its person.
fn issue_passport(graph: &mut Graph, l: Library, person: Id<Person>) -> Id<Passport> {
    let passport = graph.create(l.passport, Named("hers"));
    let issued = passport.link(l.passport_person, person).insert();
    issued.expect("it has its person")
}

#[test]
fn a_required_end_is_judged_when_all_is_copied() {
    let (mut graph, l) = library();
    let [ursula] = insert(&mut graph, l.person, ["Ursula"]);
    let passport = issue_passport(&mut graph, l, ursula);
    // The passport first: its copy is there before that of its person.
    let roots = [l.passport.any(passport), l.person.any(ursula)];
    let copied = graph.copy(roots, []).insert().unwrap();
    let copy = copied.of(l.passport, passport).unwrap();
    assert_eq!(
        graph.one(l.passport_person, copy),
        copied.of(l.person, ursula)
    );
}

#[test]
fn a_copy_that_would_lack_a_required_link_is_refused() {
    let (mut graph, l) = library();
    let [ursula] = insert(&mut graph, l.person, ["Ursula"]);
    let passport = issue_passport(&mut graph, l, ursula);
    let passport = l.passport.any(passport);
    let error = refused(&mut graph, |graph| graph.copy([passport], []).insert());
    assert_eq!(error.kind(), ErrorKind::Required);
    assert_eq!(error.entities(), [passport]);
    assert_eq!(error.end(), Some(l.passport_person.untyped()));
    assert_eq!(
        error.to_string(),
        "a copy of Passport#1v1 would be without Passport.person, which is required: \
         copy what is linked there too"
    );
}

#[test]
fn a_copy_below_an_acyclic_end_closes_no_cycle() {
    let (mut graph, l) = library();
    let [a, b, c] = insert(&mut graph, l.task, ["a", "b", "c"]);
    graph.row_mut(l.task_needs, a).unwrap().push(b).unwrap();
    graph.row_mut(l.task_needs, b).unwrap().push(c).unwrap();
    let copied = graph.copy([l.task.any(b)], []).insert().unwrap();
    let copy = copied.of(l.task, b).unwrap();
    assert!(graph.row(l.task_needs, a).iter().eq([b, copy]));
    assert!(graph.row(l.task_needs, copy).iter().eq([c]));
    let error = refused(&mut graph, |graph| {
        graph.row_mut(l.task_needs, c)?.push(copy)
    });
    assert_eq!(error.kind(), ErrorKind::Cycle);
}

#[test]
fn everybody_is_copied_once_whatever_cycles_there_are() {
    let (mut graph, l) = library();
    let [a, b] = insert(&mut graph, l.topic, ["a", "b"]);
    graph.set(l.topic_parent, a, b).unwrap();
    graph.set(l.topic_parent, b, a).unwrap();
    let root = l.topic.any(a);
    let copied = graph
        .copy([root, root], [l.topic_parent.untyped()])
        .insert()
        .unwrap();
    assert_eq!(copied.len(), 2);
    let [x, y] = [a, b].map(|id| copied.of(l.topic, id).unwrap());
    assert_eq!(
        (graph.one(l.topic_parent, x), graph.one(l.topic_parent, y)),
        (Some(y), Some(x))
    );
    assert_eq!(
        copied.iter().map(|(original, _)| original).next(),
        Some(root)
    );
}

type Book = Named<'B'>;
type Shelf = Named<'H'>;

/// Books with keys, which come in series, and shelves.
struct Keyed {
    graph: Graph,
    book: EntityType<Book>,
    shelf: EntityType<Shelf>,
    sequels: ToMany<Book, Book>,
    by_name: UniqueKey<Book, &'static str>,
}

fn keyed() -> Keyed {
    let mut schema = Schema::builder();
    schema
        .entity::<Book>("Book")
        .key(Key::field(|book: &Book| &book.0))
        .cloneable()
        .comparable();
    declare::<'H'>(&mut schema, "Shelf");
    schema
        .relationship("Book.sequels")
        .to_many("Book")
        .delete_rule(DeleteRule::Cascade)
        .backref("prequels");
    let registry = schema.build().expect("it is declared");
    Keyed {
        book: registry.entity_type("Book").expect("it is declared"),
        shelf: registry.entity_type("Shelf").expect("it is declared"),
        sequels: registry.to_many("Book.sequels").expect("it is declared"),
        by_name: registry.key("Book").expect("it is declared"),
        graph: Graph::new(registry),
    }
}

impl Keyed {
    /// A book with two sequels.
    fn series(&mut self) -> [Id<Book>; 3] {
        let ids = insert(&mut self.graph, self.book, ["one", "two", "three"]);
        let mut row = self
            .graph
            .row_mut(self.sequels, ids[0])
            .expect("it is declared");
        row.extend([ids[1], ids[2]]).expect("it is declared");
        ids
    }

    /// The ends that deletes go along.
    fn cascading(&self) -> Vec<EndId> {
        let ends = self.graph.registry().ends();
        let cascading = ends.filter(|end| end.delete_rule() == DeleteRule::Cascade);
        cascading.map(backref::EndInfo::id).collect()
    }
}

#[test]
fn payloads_are_cloned_and_changed_type_by_type_before_they_are_inserted() {
    let mut k = keyed();
    let [first, ..] = k.series();
    let ends = k.cascading();
    let names = [("one", "uno"), ("two", "due"), ("three", "tre")];
    let italian = |name| names.iter().find(|it| it.0 == name).unwrap().1;
    let copied = k
        .graph
        .copy([k.book.any(first)], ends)
        .change(k.shelf, |_| unreachable!("no shelf is copied"))
        .change(k.book, |book| book.0 = italian(book.0))
        .insert()
        .unwrap();
    let copy = copied.of(k.book, first).unwrap();
    assert_eq!(k.graph.find(k.by_name, "uno"), Some(copy));
    assert_eq!(row(&k.graph, k.sequels, copy), ["due", "tre"]);
    assert_eq!(row(&k.graph, k.sequels, first), ["two", "three"]);
}

#[test]
fn a_change_of_any_type_is_told_whose_payload_it_is() {
    let mut k = keyed();
    let ids = k.series();
    let [first, ..] = ids;
    let mut told = Vec::new();
    let new_names = ["a", "b", "c"];
    let ends = k.cascading();
    let root = k.book.any(first);
    let copy = k.graph.copy([root], ends).change_any(|original, payload| {
        let book: &mut Book = payload.downcast_mut().unwrap();
        book.0 = new_names[told.len()];
        told.push(original);
    });
    copy.insert().unwrap();
    assert_eq!(told, ids.map(|id| k.book.any(id)));
}

#[test]
fn a_key_that_is_taken_refuses_all_of_a_copy() {
    let mut k = keyed();
    let [first, second, third] = k.series();
    let (ends, book) = (k.cascading(), k.book);
    let root = book.any(first);
    let error = refused(&mut k.graph, |graph| {
        let copy = graph.copy([root], ends.clone());
        copy.change(book, |book| {
            if book.0 != "two" {
                book.0 = if book.0 == "one" { "uno" } else { "tre" };
            }
        })
        .insert()
    });
    assert_eq!(error.kind(), ErrorKind::DuplicateKey);
    assert_eq!(error.entities(), [book.any(second)]);
    assert_eq!(
        error.to_string(),
        "a copy would have the key of Book#2v1: change the payloads of Book before they are inserted"
    );
    let error = refused(&mut k.graph, |graph| {
        let copy = graph.copy([root], ends.clone());
        copy.change(book, |book| book.0 = "the same").insert()
    });
    assert_eq!(error.kind(), ErrorKind::DuplicateKey);
    assert_eq!(error.entities(), [root]);
    assert_eq!(
        error.to_string(),
        "a copy would have the key of a copy of Book#1v1: \
         change the payloads of Book before they are inserted"
    );
    assert_eq!(k.graph.find(k.by_name, "three"), Some(third));
}

#[test]
fn a_type_that_is_not_cloneable_is_not_copied() {
    let mut schema = Schema::builder();
    declare::<'B'>(&mut schema, "Book");
    schema.entity::<Shelf>("Shelf");
    let stands = schema.relationship("Book.stands").to_one("Shelf");
    stands.backref("books");
    let registry = schema.build().unwrap();
    let (book, shelf): (EntityType<Book>, EntityType<Shelf>) = (
        registry.entity_type("Book").unwrap(),
        registry.entity_type("Shelf").unwrap(),
    );
    let stands: ToOne<Book, Shelf> = registry.to_one("Book.stands").unwrap();
    let mut graph = Graph::new(registry);
    let [eden] = insert(&mut graph, book, ["Eden"]);
    let [left] = insert(&mut graph, shelf, ["left"]);
    graph.set(stands, eden, left).unwrap();
    let copy = graph.copy([book.any(eden)], [stands.untyped()]);
    assert_eq!(copy.insert().unwrap_err().kind(), ErrorKind::NotDeclared);
    assert_eq!((graph.len(book), graph.len(shelf)), (1, 1));
    // It is no obstacle where it stays outside.
    let copied = graph.copy([book.any(eden)], []).insert().unwrap();
    let copy = copied.of(book, eden).unwrap();
    assert_eq!(graph.one(stands, copy), Some(left));
}

#[test]
fn a_dead_root_and_what_is_of_another_schema_are_refused() {
    let (mut graph, l, [root, a, ..]) = tree();
    let (_, other) = library();
    let (root, any) = (l.folder.any(root), l.folder.any(a));
    let error = refused(&mut graph, |graph| {
        graph
            .copy([root], [other.folder_children.untyped()])
            .insert()
    });
    assert_eq!(error.kind(), ErrorKind::ForeignEnd);
    let error = refused(&mut graph, |graph| {
        graph.copy([root], []).change(other.folder, |_| {}).insert()
    });
    assert_eq!(error.kind(), ErrorKind::WrongType);
    graph.delete(l.folder, a).unwrap();
    let error = refused(&mut graph, |graph| graph.copy([root, any], []).insert());
    assert_eq!(error.kind(), ErrorKind::NotLive);
    assert!(graph.copy([], []).insert().unwrap().is_empty());
}

#[test]
fn a_panic_in_a_change_leaves_the_graph_as_it_was() {
    let (mut graph, l, [root, ..]) = tree();
    let before = graph.try_clone().unwrap();
    let ends = [l.folder_children.untyped()];
    let mut left = 3;
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let copy = graph.copy([l.folder.any(root)], ends);
        let copy = copy.change(l.folder, |_| {
            left -= 1;
            if left == 0 {
                resume_unwind(Box::new("enough"));
            }
        });
        copy.insert()
    }));
    assert!(outcome.is_err());
    assert_sound(&graph);
    assert!(graph.try_eq(&before).unwrap());
}

#[test]
fn a_copy_can_be_copied_and_deleted_like_anybody() {
    let (mut graph, l, [root, a, ..]) = tree();
    let first = copy_tree(&mut graph, l, root);
    let copy = first.of(l.folder, root).unwrap();
    let second = copy_tree(&mut graph, l, copy);
    assert_eq!((second.len(), graph.len(l.folder)), (5, 15));
    let copies: Vec<AnyId> = first.iter().map(|(_, copy)| copy).collect();
    graph.delete_all(copies).unwrap();
    assert_sound(&graph);
    assert_eq!(row(&graph, l.folder_children, a), ["c", "d"]);
}

#[test]
fn a_copy_keeps_to_the_limits_of_its_own_rows_and_of_those_outside() {
    let mut schema = Schema::builder();
    declare::<'T'>(&mut schema, "Team");
    declare::<'P'>(&mut schema, "Person");
    let members = schema.relationship("Team.members").to_many("Person");
    members.backref_one("team").min(2).max(2);
    let registry = schema.build().unwrap();
    let team = registry.entity_type::<Named<'T'>>("Team").unwrap();
    let person = registry.entity_type::<Named<'P'>>("Person").unwrap();
    let members = registry
        .to_many::<Named<'T'>, Named<'P'>>("Team.members")
        .unwrap();
    let mut graph = Graph::new(registry);
    let people = insert(&mut graph, person, ["ada", "bob"]);
    let red = graph
        .create(team, Named("red"))
        .links(members, people)
        .insert()
        .unwrap();

    let ada = person.any(people[0]);
    let error = refused(&mut graph, |graph| graph.copy([ada], []).insert());
    assert_eq!(
        (error.kind(), error.entities()),
        (ErrorKind::TooMany, &[team.any(red)][..])
    );
    let error = refused(&mut graph, |graph| graph.copy([team.any(red)], []).insert());
    assert_eq!(error.kind(), ErrorKind::TooFew);
    assert_eq!(
        error.to_string(),
        "a copy of Team#1v1 would have too few in Team.members, which needs at least 2: \
         copy what is linked there too"
    );
    let all = [members.untyped()];
    let copied = graph.copy([team.any(red)], all).insert().unwrap();
    assert_eq!(copied.len(), 3);
    assert_sound(&graph);
}
