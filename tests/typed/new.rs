//! Entities made together with their links, and trees of them.

use backref::{ErrorKind, entity, graph};

#[entity(key = name)]
#[derive(Debug, Clone)]
struct Folder {
    name: String,
    #[relationship(back_populates = folders)]
    parent: ToOne<Folder>,
    #[relationship(back_populates = parent, delete_rule = cascade)]
    folders: ToMany<Folder>,
    #[relationship(back_populates = folder, delete_rule = cascade)]
    files: ToMany<File>,
}

#[entity(key = name)]
#[derive(Debug, Clone)]
struct File {
    name: String,
    #[relationship(back_populates = files, required)]
    folder: ToOne<Folder>,
    #[relationship(backref = files)]
    labels: ToMany<Label>,
    #[relationship(backref = owned, required)]
    owner: ToOne<Label>,
}

#[entity(key = text)]
#[derive(Debug, Clone)]
struct Label {
    text: String,
}

graph! { struct Disk { folders: Folder, files: File, labels: Label } }

fn folder(name: &str) -> Folder {
    Folder { name: name.into() }
}

fn file(name: &str) -> File {
    File { name: name.into() }
}

fn label(text: &str) -> Label {
    Label { text: text.into() }
}

#[test]
fn an_entity_comes_with_its_links() -> backref::Result<()> {
    let mut disk = Disk::new();
    let root = disk.insert(folder("root"))?;
    let [red, me] = [disk.insert(label("red"))?, disk.insert(label("me"))?];
    let a = disk.insert(
        file("a")
            .with_folder(root)
            .with_labels([red, me])
            .with_owner(me),
    )?;
    assert_eq!(disk.at(a).folder().id(), root);
    assert!(disk.at(a).labels().ids().eq([red, me]));
    assert!(disk.at(me).owned().ids().eq([a]));
    assert!(disk.at(me).files().ids().eq([a]));
    disk.verify().expect("both ends agree");
    Ok(())
}

#[test]
fn required_ends_may_be_given_in_any_order() -> backref::Result<()> {
    let mut disk = Disk::new();
    let root = disk.insert(folder("root"))?;
    let me = disk.insert(label("me"))?;
    disk.insert(file("a").with_owner(me).with_folder(root))?;
    disk.insert(file("b").with_folder(root).with_owner(me))?;
    assert_eq!(disk.at(root).files().len(), 2);
    Ok(())
}

#[test]
fn the_last_link_said_for_a_to_one_end_counts() -> backref::Result<()> {
    let mut disk = Disk::new();
    let [a, b] = [disk.insert(folder("a"))?, disk.insert(folder("b"))?];
    let c = disk.insert(folder("c").with_parent(a).with_parent(b))?;
    assert_eq!(disk.at(c).parent().map(FolderRef::id), Some(b));
    assert!(disk.at(a).folders().is_empty());
    Ok(())
}

#[test]
fn a_whole_tree_is_one_call() -> backref::Result<()> {
    let mut disk = Disk::new();
    let me = disk.insert(label("me"))?;
    // A file's folder is the one it is put into; its owner it brings along.
    let root = disk.insert(
        folder("root")
            .with_files([file("a").with_owner(me), file("b").with_owner(me)])
            .with_folders([
                folder("empty").with_folders([folder("deep")]),
                folder("full").with_files([file("c").with_labels([label("red")]).with_owner(me)]),
            ]),
    )?;
    let names: Vec<_> = disk
        .at(root)
        .folders()
        .iter()
        .map(|f| f.name.clone())
        .collect();
    assert_eq!(names, ["empty", "full"]);
    let files: Vec<_> = disk
        .at(root)
        .files()
        .iter()
        .map(|f| f.name.clone())
        .collect();
    assert_eq!(files, ["a", "b"]);
    let red = disk.find::<Label>("red").expect("it came with c");
    assert_eq!(
        red.files()
            .first()
            .map(|f| f.folder().name.clone())
            .as_deref(),
        Some("full")
    );
    let order: Vec<_> = disk.folders().map(|f| f.name.clone()).collect();
    assert_eq!(
        order,
        ["root", "empty", "deep", "full"],
        "depth first, from the root"
    );
    disk.verify().expect("both ends agree");
    Ok(())
}

#[test]
fn a_tree_that_fails_leaves_nothing_behind() -> backref::Result<()> {
    let mut disk = Disk::new();
    let me = disk.insert(label("me"))?;
    disk.insert(folder("taken"))?;
    let before = disk.try_clone()?;
    let tree = folder("new")
        .with_files([file("a").with_owner(me)])
        .with_folders([folder("x"), folder("taken")]);
    let refused = disk.insert(tree).map_err(|error| error.kind());
    assert_eq!(refused, Err(ErrorKind::DuplicateKey));
    assert_eq!(disk.count::<Folder>(), 1);
    assert_eq!(format!("{disk:?}"), format!("{before:?}"));
    disk.verify().expect("both ends agree");
    Ok(())
}

#[test]
fn what_a_tree_lacks_is_told_when_it_is_inserted() -> backref::Result<()> {
    let mut disk = Disk::new();
    let tree = folder("root").with_files([file("a")]); // who owns it?
    let refused = disk.insert(tree).map_err(|error| error.to_string());
    assert!(
        refused
            .as_ref()
            .is_err_and(|error| error.contains("File.owner")),
        "{refused:?}"
    );
    assert_eq!(disk.count::<Folder>(), 0);
    Ok(())
}

#[test]
fn a_chain_of_a_hundred_thousand_is_built_from_either_end() {
    let work = || -> backref::Result<()> {
        let mut disk = Disk::new();
        let mut chain = NewFolder::from(folder("0"));
        for name in 1..100_000 {
            chain = folder(&name.to_string()).with_folders([chain]);
        }
        let root = disk.insert(chain)?;
        assert_eq!(disk.count::<Folder>(), 100_000);
        assert_eq!(disk.at(root).name, "99999");
        disk.delete(root)?;
        assert_eq!(disk.count::<Folder>(), 0);
        let mut chain = NewFolder::from(folder("0"));
        for name in 1..100_000 {
            chain = folder(&name.to_string()).with_parent(chain);
        }
        drop(chain);
        Ok(())
    };
    let small = std::thread::Builder::new().stack_size(64 << 10).spawn(work);
    let result = small
        .expect("a thread starts")
        .join()
        .expect("the stack is enough");
    result.expect("all names differ");
}
