//! Walks, paths, copies and views of a typed graph.

use backref::{entity, graph};
use petgraph::algo::toposort;

#[entity(key = name)]
#[derive(Debug, Clone, PartialEq)]
struct Folder {
    name: String,
    #[relationship(backref = one(parent), contained)]
    folders: ToMany<Folder>,
    #[relationship(backref = folders)]
    labels: ToMany<Label>,
}

#[entity(key = text)]
#[derive(Debug, Clone, PartialEq)]
struct Label {
    text: &'static str,
}

graph! { struct Disk { folders: Folder, labels: Label } }

fn folder(name: &str) -> NewFolder {
    NewFolder::from(Folder { name: name.into() })
}

#[test]
fn a_part_of_a_graph_is_walked_copied_and_sorted() -> backref::Result<()> {
    let mut disk = Disk::new();
    let red = disk.insert(Label { text: "red" })?;
    let deep = folder("deep").with_labels([red]);
    let root =
        disk.insert(folder("root").with_folders([folder("a").with_folders([deep]), folder("b")]))?;
    let ids = |name: &str| disk.find::<Folder>(name).expect("it is there").id();
    let [a, b, deep] = ["a", "b", "deep"].map(ids);
    let graph = disk.graph();
    assert!(
        graph
            .breadth_first(Folder::FOLDERS, [root])
            .ids()
            .eq([root, a, b, deep])
    );
    assert!(
        graph
            .depth_first(Folder::FOLDERS, [root])
            .ids()
            .eq([root, a, deep, b])
    );
    assert!(graph.ancestors(Folder::PARENT, deep).ids().eq([a, root]));
    assert_eq!(
        graph
            .path(Folder::FOLDERS, root, deep)
            .map(|path| path.len()),
        Some(3)
    );
    assert!(graph.reachable(Folder::FOLDERS, [a]).contains(deep));
    let sorted = toposort(&graph.view(Folder::FOLDERS), None);
    assert_eq!(sorted.map(|order| order[0]).ok(), Some(root));
    assert_eq!(
        disk.container(deep),
        Some((a.into(), Folder::FOLDERS.untyped()))
    );

    let copied = disk
        .copy([a.into()], [Folder::FOLDERS.untyped()])
        .change(<Folder as backref::typed::Entity>::TYPE, |folder| {
            folder.name.push('2');
        })
        .insert()?;
    assert_eq!(copied.len(), 2);
    let copy = disk.find::<Folder>("deep2").expect("it was copied");
    assert_eq!(
        copy.parent().map(|parent| parent.name.clone()).as_deref(),
        Some("a2")
    );
    assert!(copy.labels().ids().eq([red]));
    assert_eq!(disk.at(red).folders().len(), 2);
    disk.verify().expect("both ends agree");
    Ok(())
}
