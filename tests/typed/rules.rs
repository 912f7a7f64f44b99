//! Limits, orphans, containers and ends of several types.

use backref::{AnyId, ErrorKind, entity, graph};

#[entity(key = name)]
#[derive(Debug, Clone)]
struct Page {
    name: &'static str,
    #[relationship(backref = one(page), contained, max = 3)]
    shapes: ToMany<Shape>,
    #[relationship(backref = pages, min = 1, max = 2)]
    layers: ToMany<Layer>,
    #[relationship(backref = one(cover_of), orphans = delete)]
    covers: ToMany<Cover>,
}

#[entity(key = name)]
#[derive(Debug, Clone)]
struct Shape {
    name: &'static str,
    #[relationship(backref = one(group), contained)]
    parts: ToMany<Shape>,
}

#[entity]
#[derive(Debug, Clone)]
struct Layer {}

#[entity]
#[derive(Debug, Clone)]
struct Cover {}

#[entity(key = text)]
#[derive(Debug, Clone)]
struct Note {
    text: &'static str,
    #[relationship(backref = notes, required)]
    on: ToOne<(Page, Shape)>,
    #[relationship(backref = one(seal))]
    seals: ToOne<(Layer, Cover)>,
}

graph! {
    struct Drawing { pages: Page, shapes: Shape, layers: Layer, covers: Cover, notes: Note }
}

fn page(name: &'static str) -> NewPage {
    Page { name }.with_layers([Layer {}])
}

fn shape(name: &'static str) -> Shape {
    Shape { name }
}

fn kind<T>(result: backref::Result<T>) -> Option<ErrorKind> {
    result.map_err(|error| error.kind()).err()
}

#[test]
fn a_contained_entity_has_one_container_over_all_types() -> backref::Result<()> {
    let mut drawing = Drawing::new();
    let first = drawing.insert(page("first").with_shapes([shape("a"), shape("b")]))?;
    let [a, b] = ["a", "b"].map(|name| drawing.find::<Shape>(name).expect("it is there").id());
    drawing.edit(a).parts_mut().push(b)?;
    assert!(drawing.at(first).shapes().ids().eq([a]));
    assert_eq!(drawing.at(b).page(), None);
    assert_eq!(drawing.at(b).group().map(ShapeRef::id), Some(a));
    assert_eq!(
        kind(drawing.edit(b).parts_mut().push(a)),
        Some(ErrorKind::Cycle)
    );
    drawing.delete(first)?;
    assert_eq!(drawing.count::<Shape>(), 0);
    drawing.verify().expect("both ends agree");
    Ok(())
}

#[test]
fn limits_are_kept_and_named() -> backref::Result<()> {
    let mut drawing = Drawing::new();
    assert_eq!(
        kind(drawing.insert(Page { name: "bare" })),
        Some(ErrorKind::TooFew)
    );
    let id = drawing.insert(page("full").with_layers([Layer {}]))?;
    let third = drawing.insert(Layer {})?;
    assert_eq!(
        kind(drawing.edit(id).layers_mut().push(third)),
        Some(ErrorKind::TooMany)
    );
    assert_eq!(
        kind(drawing.edit(id).layers_mut().clear()),
        Some(ErrorKind::TooFew)
    );
    assert_eq!(drawing.at(id).layers().len(), 2);
    drawing.verify().expect("both ends agree");
    Ok(())
}

#[test]
fn an_orphan_goes_with_its_last_owner() -> backref::Result<()> {
    let mut drawing = Drawing::new();
    let id = drawing.insert(page("one").with_covers([Cover {}, Cover {}]))?;
    let first = drawing.at(id).covers().first().expect("there are two").id();
    drawing.edit(first).set_cover_of(None)?;
    assert!(!drawing.contains(first));
    assert_eq!(drawing.count::<Cover>(), 1);
    drawing.verify().expect("both ends agree");
    Ok(())
}

#[test]
fn an_end_of_several_types_is_set_with_plain_ids_and_read_by_matching() -> backref::Result<()> {
    let mut drawing = Drawing::new();
    let sheet = drawing.insert(page("sheet"))?;
    let circle = drawing.insert(shape("circle"))?;
    let note = drawing.insert(Note { text: "look" }.with_on(sheet))?;
    assert!(drawing.at(sheet).notes().ids().eq([note]));
    assert!(matches!(drawing.at(note).on(), NoteOn::Page(page) if page.name == "sheet"));

    drawing.edit(note).set_on(circle)?;
    assert!(drawing.at(sheet).notes().is_empty());
    assert!(drawing.at(circle).notes().ids().eq([note]));
    match drawing.at(note).on() {
        NoteOn::Page(page) => panic!("it has left {page:?}"),
        NoteOn::Shape(shape) => assert_eq!(shape.name, "circle"),
    }
    assert_eq!(drawing.at(note).on().id(), AnyId::from(circle));
    assert_eq!(
        kind(drawing.edit(note).set_on(None)),
        Some(ErrorKind::Required)
    );

    drawing.edit(sheet).notes_mut().push(note)?;
    assert!(drawing.at(circle).notes().is_empty());
    drawing.verify().expect("both ends agree");
    Ok(())
}

#[test]
fn a_one_to_one_end_of_several_types_frees_both_old_partners() -> backref::Result<()> {
    let mut drawing = Drawing::new();
    let sheet = drawing.insert(page("sheet"))?;
    let (layer, cover) = (drawing.insert(Layer {})?, drawing.insert(Cover {})?);
    let one = drawing.insert(Note { text: "one" }.with_on(sheet))?;
    let two = drawing.insert(Note { text: "two" }.with_on(sheet))?;
    drawing.edit(one).set_seals(layer)?;
    drawing.edit(two).set_seals(cover)?;
    drawing.edit(one).set_seals(cover)?;
    assert_eq!(drawing.at(two).seals(), None);
    assert_eq!(drawing.at(layer).seal(), None);
    assert_eq!(drawing.at(cover).seal().map(NoteRef::id), Some(one));
    drawing.edit(one).set_seals(None)?;
    assert_eq!(drawing.at(one).seals(), None);
    drawing.verify().expect("both ends agree");
    Ok(())
}

#[test]
fn the_schema_says_so_too() {
    let end = |name| Drawing::registry().find_end(name).expect("it is declared");
    assert!(end("Page.shapes").is_contained());
    assert_eq!(
        (end("Page.layers").min(), end("Page.layers").max()),
        (Some(1), Some(2))
    );
    assert!(end("Page.covers").deletes_orphans());
    assert!(end("Note.on").is_one_of());
    assert_eq!(end("Note.on").variants().count(), 2);
}
