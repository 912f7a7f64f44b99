//! Every call that can run the user's code: traits of keys and payloads,
//! closures, iterators.

use backref::Id;

use super::{Armed, Call, Part, Workshop, part, tick};

pub(super) const CALLS: [(&str, Call); 42] = [
    ("insert", |w| drop(w.graph.insert(w.part, part(30)))),
    ("insert, the name is taken", |w| {
        drop(w.graph.insert(w.part, part(3)));
    }),
    ("insert, the mail is taken", |w| {
        let mut taken = part(30);
        taken.mail = Some(Armed(104));
        drop(w.graph.insert(w.part, taken));
    }),
    ("create with links", |w| {
        let links = in_steps(&w.ids, &[2, 5, 6]);
        let new = w.graph.create(w.part, part(30)).link(w.parent, w.ids[8]);
        drop(new.links(w.children, links).insert());
    }),
    ("get or insert, there", |w| {
        drop(w.graph.get_or_insert(w.part, part(4)));
    }),
    ("get or insert, not there", |w| {
        drop(w.graph.get_or_insert(w.part, part(31)));
    }),
    ("upsert, there", |w| {
        drop(w.graph.upsert(w.part, rewritten(4)));
    }),
    ("upsert, not there", |w| {
        drop(w.graph.upsert(w.part, part(31)));
    }),
    ("upsert, a third has the mail", |w| {
        let mut clashing = part(4);
        clashing.mail = Some(Armed(105));
        drop(w.graph.upsert(w.part, clashing));
    }),
    ("copy", |w| {
        let root = w.any(w.ids[1]);
        let copy = w
            .graph
            .copy([root], [w.children.untyped(), w.peers.untyped()]);
        drop(copy.change(w.part, renamed).insert());
    }),
    ("copy, the names are taken", |w| {
        let root = w.any(w.ids[1]);
        drop(w.graph.copy([root], [w.children.untyped()]).insert());
    }),
    ("copy, the copies have one mail", |w| {
        let root = w.any(w.ids[1]);
        let copy = w.graph.copy([root], [w.children.untyped()]);
        let copy = copy.change(w.part, |it| {
            renamed(it);
            it.mail = Some(Armed(90));
        });
        drop(copy.insert());
    }),
    ("replace", |w| {
        drop(w.graph.replace(w.part, w.ids[3], part(33)));
    }),
    ("replace, under the same keys", |w| {
        drop(w.graph.replace(w.part, w.ids[4], rewritten(4)));
    }),
    ("replace, the name is taken", |w| {
        drop(w.graph.replace(w.part, w.ids[3], part(5)));
    }),
    ("update", |w| {
        drop(w.graph.update(w.part, w.ids[2], |it| {
            it.name = Armed(35);
            tick();
            it.rank = Armed(1);
            it.mail = None;
        }));
    }),
    ("swap keys", |w| {
        drop(w.graph.swap_keys(w.part, w.ids[1], w.ids[2], |a, b| {
            std::mem::swap(&mut a.name, &mut b.name);
            tick();
            std::mem::swap(&mut a.mail, &mut b.mail);
        }));
    }),
    ("delete", |w| drop(w.graph.delete(w.part, w.ids[8]))),
    ("delete with all that goes along", |w| {
        drop(w.graph.delete(w.part, w.ids[1]));
    }),
    ("delete all", |w| {
        let ids: Vec<_> = [9, 2].map(|at| w.any(w.ids[at])).into();
        drop(w.graph.delete_all(ids.into_iter().inspect(|_| tick())));
    }),
    ("find", |w| {
        let _ = w.graph.find(w.name, &Armed(5));
        let _ = w.graph.find(w.mail, &Armed(105));
        let _ = w.graph.find_all(w.group, &Armed(1)).count();
        let _ = w.graph.range(w.rank, Armed(92)..Armed(98)).count();
    }),
    ("clone", |w| drop(w.graph.try_clone())),
    ("compare", |w| {
        let other = Workshop::new().expect("the workshop is sound");
        drop(w.graph.try_eq(&other.graph));
    }),
    ("sort", |w| {
        let Ok(mut row) = w.graph.row_mut(w.children, w.ids[0]) else {
            return;
        };
        drop(row.sort_by(|_, a, b| {
            tick();
            b.cmp(&a)
        }));
    }),
    ("sort by key", |w| {
        let Ok(mut row) = w.graph.row_mut(w.children, w.ids[0]) else {
            return;
        };
        drop(row.sort_by_key(|it| it.rank.clone()));
    }),
    ("link with data what is linked", |w| {
        drop(w.graph.link(w.of_peer, w.ids[2], w.ids[1], Armed(5)));
    }),
    ("link with data, another parent is left", |w| {
        drop(w.graph.link(w.of_child, w.ids[8], w.ids[3], Armed(5)));
    }),
    ("set another parent", |w| {
        drop(w.graph.set(w.parent, w.ids[3], w.ids[8]));
    }),
    ("set the data of a link", |w| {
        drop(
            w.graph
                .set_link_data(w.of_peer, w.ids[1], w.ids[2], Armed(5)),
        );
    }),
    ("update the data of a link", |w| {
        drop(
            w.graph
                .update_link_data(w.of_child, w.ids[0], w.ids[1], |data| {
                    data.0 = 5;
                    tick();
                }),
        );
    }),
    ("insert at a position", |w| {
        let Ok(mut row) = w.graph.row_mut(w.children, w.ids[0]) else {
            return;
        };
        drop(row.insert_at(1, w.ids[5]));
    }),
    ("clear a row", |w| {
        let Ok(mut row) = w.graph.row_mut(w.peers, w.ids[1]) else {
            return;
        };
        drop(row.clear());
    }),
    ("create with links and data", |w| {
        let new = w.graph.create(w.part, part(30));
        let new = new.link_with(w.of_peer, w.ids[2], Armed(5));
        let new = new.link_with(w.of_child, w.ids[4], Armed(6));
        drop(new.link(w.peers, w.ids[3]).insert());
    }),
    ("extend a row", |w| {
        let items = in_steps(&w.ids, &[7, 4, 3]);
        let Ok(mut row) = w.graph.row_mut(w.peers, w.ids[0]) else {
            return;
        };
        drop(row.extend(items));
    }),
    ("replace a row", |w| {
        let items = in_steps(&w.ids, &[7, 4, 3]);
        let Ok(mut row) = w.graph.row_mut(w.children, w.ids[0]) else {
            return;
        };
        drop(row.replace(items));
    }),
    ("push to a sorted row", |w| {
        let Ok(mut row) = w.graph.row_mut(w.ranked, w.ids[2]) else {
            return;
        };
        drop(row.push(w.ids[8]));
    }),
    ("extend a sorted row", |w| {
        let items = in_steps(&w.ids, &[7, 4, 9, 3]);
        let Ok(mut row) = w.graph.row_mut(w.ranked, w.ids[1]) else {
            return;
        };
        drop(row.extend(items));
    }),
    ("replace a sorted row", |w| {
        let items = in_steps(&w.ids, &[7, 4, 0]);
        let Ok(mut row) = w.graph.row_mut(w.ranked, w.ids[1]) else {
            return;
        };
        drop(row.replace(items));
    }),
    ("replace a keyed row", |w| {
        let items = in_steps(&w.ids, &[7, 4, 0, 3]);
        let Ok(mut row) = w.graph.row_mut(w.ranking, w.ids[2]) else {
            return;
        };
        drop(row.replace(items));
    }),
    ("take all from a keyed row", |w| {
        let Ok(mut row) = w.graph.row_mut(w.ranking, w.ids[2]) else {
            return;
        };
        drop(row.take_all_from(w.ids[3]));
    }),
    ("exchange ranks and mails", |w| {
        drop(w.graph.swap_keys(w.part, w.ids[1], w.ids[4], |a, b| {
            std::mem::swap(&mut a.rank, &mut b.rank);
            std::mem::swap(&mut a.mail, &mut b.mail);
        }));
    }),
    ("create in sorted and keyed rows", |w| {
        let links = in_steps(&w.ids, &[2, 5, 6]);
        let new = w.graph.create(w.part, part(31)).links(w.ranked, links);
        drop(new.link(w.ranking, w.ids[1]).insert());
    }),
];

/// The same names and mails, other groups and ranks.
fn rewritten(number: u32) -> Part {
    let mut rewritten = part(number);
    rewritten.group = Armed(7);
    rewritten.rank = Armed(9);
    rewritten
}

/// Some ids from an iterator that is the user's code.
fn in_steps(ids: &[Id<Part>], at: &[usize]) -> impl Iterator<Item = Id<Part>> + use<> {
    let items: Vec<Id<Part>> = at.iter().map(|&at| ids[at]).collect();
    items.into_iter().inspect(|_| tick())
}

/// Gives a copy keys of its own.
fn renamed(part: &mut Part) {
    tick();
    part.name = Armed(part.name.0 + 40);
    if let Some(mail) = &part.mail {
        part.mail = Some(Armed(mail.0 + 40));
    }
}
