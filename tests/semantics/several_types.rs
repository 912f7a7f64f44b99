//! Ends of several types: one end to the reader, a relationship for each type.

use backref::{
    Cardinality, DeleteRule, EndInfo, EntityType, ErrorKind, Graph, Registry, Result, Schema,
    SchemaBuilder, ToMany, ToOne, ToOneOf,
};

use crate::model::{Book, Image, Tag, assert_sound, declare, insert, one, refused, row};

/// Comments on posts and photos.
#[derive(Clone, Copy)]
struct Site {
    post: EntityType<Book>,
    photo: EntityType<Image>,
    comment: EntityType<Tag>,
    on: ToOneOf<Tag>,
    on_post: ToOne<Tag, Book>,
    on_photo: ToOne<Tag, Image>,
    post_comments: ToMany<Book, Tag>,
    photo_comments: ToMany<Image, Tag>,
}

fn site_with(on: impl FnOnce(&mut SchemaBuilder)) -> (Graph, Site) {
    let mut schema = Schema::builder();
    declare::<'B'>(&mut schema, "Post");
    declare::<'I'>(&mut schema, "Photo");
    declare::<'T'>(&mut schema, "Comment");
    on(&mut schema);
    let registry = schema.build().expect("the schema is sound");
    let site = handles(&registry).expect("all of it is declared");
    (Graph::new(registry), site)
}

fn site() -> (Graph, Site) {
    site_with(|schema| {
        let on = schema
            .relationship("Comment.on")
            .to_one_of(["Post", "Photo"]);
        on.backref("comments");
    })
}

fn handles(registry: &Registry) -> Result<Site> {
    Ok(Site {
        post: registry.entity_type("Post")?,
        photo: registry.entity_type("Photo")?,
        comment: registry.entity_type("Comment")?,
        on: registry.to_one_of("Comment.on")?,
        on_post: registry.to_one("Comment.on")?,
        on_photo: registry.to_one("Comment.on")?,
        post_comments: registry.to_many("Post.comments")?,
        photo_comments: registry.to_many("Photo.comments")?,
    })
}

#[test]
fn at_most_one_is_linked_whatever_its_type() {
    let (mut graph, l) = site();
    let [hello] = insert(&mut graph, l.post, ["hello"]);
    let [sea] = insert(&mut graph, l.photo, ["sea"]);
    let [nice, wow] = insert(&mut graph, l.comment, ["nice", "wow"]);
    assert!(graph.set_one_of(l.on, nice, l.post.any(hello)).unwrap());
    assert!(!graph.set_one_of(l.on, nice, l.post.any(hello)).unwrap());
    assert_eq!(graph.one_of(l.on, nice), Some(l.post.any(hello)));
    assert!(graph.set(l.on_photo, nice, sea).unwrap());
    assert_eq!(row(&graph, l.post_comments, hello), Vec::<&str>::new());
    assert_eq!(one(&graph, l.on_post, nice), None);
    assert_eq!(one(&graph, l.on_photo, nice), Some("sea"));
    assert_eq!(graph.one_of(l.on, nice), Some(l.photo.any(sea)));
    assert!(
        !graph.set(l.on_post, nice, None).unwrap(),
        "it is on no post"
    );
    graph
        .row_mut(l.post_comments, hello)
        .unwrap()
        .extend([wow, nice])
        .unwrap();
    assert_eq!(row(&graph, l.photo_comments, sea), Vec::<&str>::new());
    assert!(graph.set_one_of(l.on, nice, None).unwrap());
    assert_eq!(row(&graph, l.post_comments, hello), ["wow"]);
}

#[test]
fn both_ways_to_declare_the_inverses_are_taken() {
    let (mut graph, l) = site_with(|schema| {
        let comments = schema.relationship("Photo.comments").to_many("Comment");
        comments.back_populates("on");
        let on = schema
            .relationship("Comment.on")
            .to_one_of(["Post", "Photo"]);
        on.back_populates("comments");
        let comments = schema.relationship("Post.comments").to_many("Comment");
        comments.back_populates("on");
    });
    let [sea] = insert(&mut graph, l.photo, ["sea"]);
    let [nice] = insert(&mut graph, l.comment, ["nice"]);
    graph
        .row_mut(l.photo_comments, sea)
        .unwrap()
        .push(nice)
        .unwrap();
    assert_eq!(graph.one_of(l.on, nice), Some(l.photo.any(sea)));
}

#[test]
fn it_reads_as_one_end_and_tells_its_types() {
    let (graph, l) = site();
    let registry = graph.registry();
    let names: Vec<String> = registry.ends().map(EndInfo::full_name).collect();
    assert_eq!(names, ["Comment.on", "Post.comments", "Photo.comments"]);
    let on = registry.end(l.on_photo.untyped()).unwrap();
    assert_eq!((on.id(), on.is_one_of()), (l.on.untyped(), true));
    assert_eq!(on.cardinality(), Cardinality::One);
    let types: Vec<&str> = on.variants().map(|end| end.target().name()).collect();
    assert_eq!(types, ["Post", "Photo"]);
    let comments = registry.find_end("Photo.comments").unwrap();
    assert_eq!(comments.inverse().unwrap().full_name(), "Comment.on");
    assert!(registry.to_graphviz().contains("on: one Post or Photo"));
}

/// Case 37.
#[test]
fn required_is_one_link_over_all_types() {
    let (mut graph, l) = site_with(|schema| {
        let on = schema
            .relationship("Comment.on")
            .to_one_of(["Post", "Photo"]);
        on.backref("comments").required();
    });
    let [hello] = insert(&mut graph, l.post, ["hello"]);
    let [sea] = insert(&mut graph, l.photo, ["sea"]);
    let alone = refused(&mut graph, |graph| {
        graph.insert(l.comment, crate::model::Named("nice"))
    });
    assert_eq!(
        alone.to_string(),
        "a new Comment needs Comment.on, which is required: insert it together with its links"
    );
    let nice = graph.create(l.comment, crate::model::Named("nice"));
    let nice = nice.link_one_of(l.on, l.photo.any(sea)).insert().unwrap();
    graph.set(l.on_post, nice, hello).unwrap();
    let unset = refused(&mut graph, |graph| graph.set_one_of(l.on, nice, None));
    assert_eq!(
        (unset.kind(), unset.entities()),
        (ErrorKind::Required, &[l.comment.any(nice)][..])
    );
    let post_gone = refused(&mut graph, |graph| graph.delete(l.post, hello));
    assert_eq!(post_gone.kind(), ErrorKind::Required);
    graph.delete(l.photo, sea).unwrap();
}

/// Cases 44 to 47.
#[test]
fn delete_rules_hold_towards_each_type_and_back() {
    let (mut graph, l) = site_with(|schema| {
        let on = schema
            .relationship("Comment.on")
            .to_one_of(["Post", "Photo"]);
        let on = on.backref("comments").delete_rule(DeleteRule::Deny);
        on.inverse(|comments| comments.delete_rule(DeleteRule::Cascade));
    });
    let [hello] = insert(&mut graph, l.post, ["hello"]);
    let [sea] = insert(&mut graph, l.photo, ["sea"]);
    let [nice, wow] = insert(&mut graph, l.comment, ["nice", "wow"]);
    graph.set(l.on_post, nice, hello).unwrap();
    graph.set(l.on_photo, wow, sea).unwrap();
    let denied = refused(&mut graph, |graph| graph.delete(l.comment, wow));
    assert_eq!(
        (denied.kind(), denied.entities()),
        (ErrorKind::Denied, &[l.photo.any(sea)][..])
    );
    assert_eq!(
        graph.delete(l.photo, sea).unwrap().others,
        [l.comment.any(wow)]
    );
    assert_eq!(
        graph.delete(l.post, hello).unwrap().others,
        [l.comment.any(nice)]
    );
}

#[test]
fn by_number_it_is_one_end() {
    let (mut graph, l) = site();
    let [hello] = insert(&mut graph, l.post, ["hello"]);
    let [sea] = insert(&mut graph, l.photo, ["sea"]);
    let [nice] = insert(&mut graph, l.comment, ["nice"]);
    let (post, photo, nice) = (l.post.any(hello), l.photo.any(sea), l.comment.any(nice));
    for end in [l.on.untyped(), l.on_photo.untyped()] {
        graph.untyped_mut().set(end, nice, Some(post)).unwrap();
        assert_eq!(graph.untyped().one(end, nice), Some(post));
        graph.untyped_mut().set(end, nice, Some(photo)).unwrap();
        assert!(graph.untyped().links(end, nice).eq([photo]));
        assert!(graph.untyped_mut().set(end, nice, None).unwrap());
    }
    let payload = Box::new(crate::model::Named::<'T'>("new"));
    let links = [(l.on.untyped(), photo), (l.on.untyped(), post)];
    let new = graph
        .untyped_mut()
        .insert(l.comment.untyped(), payload, &links)
        .unwrap();
    assert_eq!(
        graph.untyped().one(l.on.untyped(), new),
        Some(post),
        "the last counts"
    );
    assert_eq!(row(&graph, l.photo_comments, sea), Vec::<&str>::new());
    let wrong = refused(&mut graph, |graph| {
        graph.untyped_mut().set(l.on.untyped(), nice, Some(new))
    });
    assert_eq!(wrong.kind(), ErrorKind::WrongType);
    assert!(
        wrong
            .to_string()
            .starts_with("Comment.on takes Post or Photo, and "),
        "{wrong}"
    );
    assert_sound(&graph);
}

#[test]
fn a_one_way_end_of_several_types_is_cleared_when_its_target_goes() {
    let (mut graph, on, post, photo, comment) = one_way_site();
    let [hello] = insert(&mut graph, post, ["hello"]);
    let [nice] = insert(&mut graph, comment, ["nice"]);
    graph.set_one_of(on, nice, post.any(hello)).unwrap();
    graph.delete(post, hello).unwrap();
    assert_eq!(graph.one_of(on, nice), None);
    let [again] = insert(&mut graph, photo, ["again"]);
    graph.set_one_of(on, nice, photo.any(again)).unwrap();
    graph.delete(comment, nice).unwrap();
    assert_eq!(graph.one_of(on, nice), None, "it is dead");
    assert_sound(&graph);
}

type OneWaySite = (
    Graph,
    ToOneOf<Tag>,
    EntityType<Book>,
    EntityType<Image>,
    EntityType<Tag>,
);

fn one_way_site() -> OneWaySite {
    let mut schema = Schema::builder();
    declare::<'B'>(&mut schema, "Post");
    declare::<'I'>(&mut schema, "Photo");
    declare::<'T'>(&mut schema, "Comment");
    let on = schema
        .relationship("Comment.on")
        .to_one_of(["Post", "Photo"]);
    on.one_way();
    let registry = schema.build().expect("the schema is sound");
    let on = registry.to_one_of("Comment.on").expect("it is declared");
    let post = registry.entity_type("Post").expect("it is declared");
    let photo = registry.entity_type("Photo").expect("it is declared");
    let comment = registry.entity_type("Comment").expect("it is declared");
    (Graph::new(registry), on, post, photo, comment)
}
