//! Containment: one container over all ends that contain, and nobody inside
//! itself.

use backref::{DeleteRule, EntityType, ErrorKind, Graph, Registry, Result, Schema, ToMany, ToOne};

use crate::model::{
    Book, Chapter, Folder, Named, assert_sound, declare, insert, one, refused, row,
};

/// Pages and groups contain shapes; a group is contained by a page or a group.
#[derive(Clone, Copy)]
struct Drawing {
    page: EntityType<Book>,
    group: EntityType<Folder>,
    shape: EntityType<Chapter>,
    page_shapes: ToMany<Book, Chapter>,
    shape_page: ToOne<Chapter, Book>,
    group_shapes: ToMany<Folder, Chapter>,
    page_groups: ToMany<Book, Folder>,
    inner: ToMany<Folder, Folder>,
    outer: ToOne<Folder, Folder>,
    /// A page may stand in a group as a picture of itself.
    pictures: ToMany<Folder, Book>,
}

fn drawing() -> (Graph, Drawing) {
    let mut schema = Schema::builder();
    declare::<'B'>(&mut schema, "Page");
    declare::<'F'>(&mut schema, "Group");
    declare::<'C'>(&mut schema, "Shape");
    let shapes = schema.relationship("Page.shapes").to_many("Shape");
    shapes.backref_one("page").contained();
    let shapes = schema.relationship("Group.shapes").to_many("Shape");
    shapes.one_way().contained();
    let groups = schema.relationship("Page.groups").to_many("Group");
    groups.backref_one("page").contained();
    let inner = schema.relationship("Group.inner").to_many("Group");
    inner.backref_one("outer").contained();
    let pictures = schema.relationship("Group.pictures").to_many("Page");
    pictures.backref_one("frame").contained();
    let registry = schema.build().expect("the schema is sound");
    let drawing = handles(&registry).expect("all of it is declared");
    (Graph::new(registry), drawing)
}

fn handles(registry: &Registry) -> Result<Drawing> {
    Ok(Drawing {
        page: registry.entity_type("Page")?,
        group: registry.entity_type("Group")?,
        shape: registry.entity_type("Shape")?,
        page_shapes: registry.to_many("Page.shapes")?,
        shape_page: registry.to_one("Shape.page")?,
        group_shapes: registry.to_many("Group.shapes")?,
        page_groups: registry.to_many("Page.groups")?,
        inner: registry.to_many("Group.inner")?,
        outer: registry.to_one("Group.outer")?,
        pictures: registry.to_many("Group.pictures")?,
    })
}

#[test]
fn a_part_has_one_container_over_all_ends_and_moves_between_them() {
    let (mut graph, l) = drawing();
    let [page] = insert(&mut graph, l.page, ["page"]);
    let [group] = insert(&mut graph, l.group, ["group"]);
    let [circle, square] = insert(&mut graph, l.shape, ["circle", "square"]);
    assert_eq!(graph.container(l.shape.any(circle)), None);
    graph
        .row_mut(l.page_shapes, page)
        .unwrap()
        .extend([circle, square])
        .unwrap();
    assert_eq!(
        graph.container(l.shape.any(circle)),
        Some((l.page.any(page), l.page_shapes.untyped()))
    );
    graph
        .row_mut(l.group_shapes, group)
        .unwrap()
        .push(circle)
        .unwrap();
    assert_eq!(row(&graph, l.page_shapes, page), ["square"]);
    assert_eq!(one(&graph, l.shape_page, circle), None);
    assert_eq!(
        graph.container(l.shape.any(circle)),
        Some((l.group.any(group), l.group_shapes.untyped()))
    );
    graph.set(l.shape_page, circle, page).unwrap();
    assert_eq!(row(&graph, l.group_shapes, group), Vec::<&str>::new());
    assert_eq!(row(&graph, l.page_shapes, page), ["square", "circle"]);
}

#[test]
fn cycles_over_all_containers_are_refused_from_whichever_end() {
    let (mut graph, l) = drawing();
    let [page] = insert(&mut graph, l.page, ["page"]);
    let [outer, inner] = insert(&mut graph, l.group, ["outer", "inner"]);
    graph
        .row_mut(l.page_groups, page)
        .unwrap()
        .push(outer)
        .unwrap();
    graph.row_mut(l.inner, outer).unwrap().push(inner).unwrap();
    let itself = refused(&mut graph, |graph| graph.set(l.outer, inner, inner));
    assert_eq!(itself.kind(), ErrorKind::Cycle);
    let up = refused(&mut graph, |graph| graph.set(l.outer, outer, inner));
    assert_eq!(
        (up.kind(), up.end()),
        (ErrorKind::Cycle, Some(l.inner.untyped()))
    );
    let down = refused(&mut graph, |graph| {
        graph.row_mut(l.inner, inner)?.push(outer)
    });
    assert_eq!(down.kind(), ErrorKind::Cycle);
    let over_types = refused(&mut graph, |graph| {
        graph.row_mut(l.pictures, inner)?.push(page)
    });
    assert_eq!(over_types.kind(), ErrorKind::Cycle);
    assert_eq!(
        over_types.to_string(),
        "Page#1v1 would be inside itself by Group.pictures, which is contained"
    );
    let between = refused(&mut graph, |graph| {
        let new = graph.create(l.group, Named("new"));
        new.link(l.pictures, page).link(l.outer, inner).insert()
    });
    assert_eq!(between.kind(), ErrorKind::Cycle);
}

#[test]
fn parts_go_with_their_container() {
    let (mut graph, l) = drawing();
    let [page] = insert(&mut graph, l.page, ["page"]);
    let [group] = insert(&mut graph, l.group, ["group"]);
    let [circle] = insert(&mut graph, l.shape, ["circle"]);
    graph
        .row_mut(l.page_groups, page)
        .unwrap()
        .push(group)
        .unwrap();
    graph
        .row_mut(l.group_shapes, group)
        .unwrap()
        .push(circle)
        .unwrap();
    let rule = graph
        .registry()
        .end(l.group_shapes.untyped())
        .unwrap()
        .delete_rule();
    assert_eq!(rule, DeleteRule::Cascade);
    let gone = graph.delete(l.page, page).unwrap();
    assert_eq!(gone.others, [l.group.any(group), l.shape.any(circle)]);
}

#[test]
fn a_part_taken_out_lives_on_without_a_container() {
    let (mut graph, l) = drawing();
    let [page] = insert(&mut graph, l.page, ["page"]);
    let [circle] = insert(&mut graph, l.shape, ["circle"]);
    graph
        .row_mut(l.page_shapes, page)
        .unwrap()
        .push(circle)
        .unwrap();
    graph
        .row_mut(l.page_shapes, page)
        .unwrap()
        .remove(circle)
        .unwrap();
    assert_eq!(graph.container(l.shape.any(circle)), None);
    graph.delete(l.page, page).unwrap();
    assert!(graph.contains(l.shape, circle));
    assert_eq!(graph.container(l.page.any(page)), None, "it is dead");
}

#[test]
fn of_two_containers_given_at_once_the_last_counts() {
    let (mut graph, l) = drawing();
    let [page, other] = insert(&mut graph, l.page, ["page", "other"]);
    let [group] = insert(&mut graph, l.group, ["group"]);
    let inner = graph.create(l.group, Named("inner"));
    let inner = inner.link(l.outer, group).insert().unwrap();
    let page_of: ToOne<Folder, Book> = graph.registry().to_one("Group.page").unwrap();
    let new = graph.create(l.group, Named("new"));
    let new = new
        .link(l.outer, group)
        .link(page_of, page)
        .links(l.pictures, [other]);
    let new = new.insert().unwrap();
    assert_eq!(row(&graph, l.inner, group), ["inner"]);
    assert_eq!(
        graph.container(l.group.any(new)).unwrap().0,
        l.page.any(page)
    );
    assert_eq!(
        graph.container(l.page.any(other)).unwrap().0,
        l.group.any(new)
    );
    assert_eq!(
        graph.container(l.group.any(inner)).unwrap().0,
        l.group.any(group)
    );
    assert_sound(&graph);
}

#[test]
fn of_links_of_a_newcomer_that_exclude_each_other_the_last_counts_even_if_given_before() {
    let mut schema = Schema::builder();
    declare::<'B'>(&mut schema, "Page");
    declare::<'C'>(&mut schema, "Shape");
    for end in ["Page.shapes", "Page.background"] {
        let end = schema.relationship(end).to_many("Shape");
        end.one_way().contained();
    }
    let registry = schema.build().expect("the schema is sound");
    let page = registry.entity_type::<Book>("Page").expect("declared");
    let shape = registry.entity_type::<Chapter>("Shape").expect("declared");
    let shapes = registry
        .to_many::<Book, Chapter>("Page.shapes")
        .expect("declared");
    let background = registry
        .to_many::<Book, Chapter>("Page.background")
        .expect("declared");
    let mut graph = Graph::new(registry);
    let [circle] = insert(&mut graph, shape, ["circle"]);
    let first = graph
        .create(page, Named("first"))
        .link(shapes, circle)
        .link(background, circle)
        .link(shapes, circle)
        .insert()
        .expect("the last counts");
    assert!(graph.row(shapes, first).iter().eq([circle]));
    assert!(graph.row(background, first).is_empty());
    assert_sound(&graph);
}
