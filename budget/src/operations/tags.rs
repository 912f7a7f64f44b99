//! Many-to-many links.

use std::hint::black_box;

use backref::{Id, entity, graph};

use super::{MOST, Simple, Work, parts};
use crate::contender::Next;
use crate::workload::Shape;

pub(super) const ALL: [Simple; 5] = [
    ("many-to-many-add", add),
    ("many-to-many-contains", contains),
    ("many-to-many-extend", extend),
    ("many-to-many-iterate", iterate),
    ("many-to-many-remove", remove),
];

/// How many tags a post has, and on the average a tag posts.
const EACH: usize = 10;

#[entity]
#[derive(Clone)]
struct Post {
    #[relationship(backref = posts)]
    tags: ToMany<Tag>,
}

#[entity]
#[derive(Clone)]
struct Tag {
    number: u64,
}

graph! { struct Blog { posts: Post, tags: Tag } }

type Pair = (Id<Post>, Id<Tag>);

/// A blog without links, and the links that it is to have, in random order.
struct Tagged {
    blog: Blog,
    posts: Vec<Id<Post>>,
    pairs: Vec<Pair>,
    next: Next,
}

impl Tagged {
    fn new(links: usize) -> Self {
        let shape = Shape::of_links(links, EACH);
        let mut blog = Blog::new();
        let post = |_| blog.insert(Post {}).expect("there is room");
        let posts: Vec<_> = (0..shape.owners).map(post).collect();
        let tag = |number| blog.insert(Tag { number }).expect("there is room");
        let tags: Vec<_> = (0..shape.owners as u64).map(tag).collect();
        let pairs = shape.pairs().into_iter();
        Self {
            pairs: pairs.map(|(post, tag)| (posts[post], tags[tag])).collect(),
            blog,
            posts,
            next: Next::default(),
        }
    }

    fn linked(links: usize) -> Self {
        let mut all = Self::new(links);
        Self::add(&mut all.blog, &all.pairs);
        all
    }

    fn add(blog: &mut Blog, pairs: &[Pair]) {
        for &(post, tag) in pairs {
            let mut post = blog.edit(post);
            post.tags_mut().push(tag).expect("both are live");
        }
    }
}

/// To rows that grow to ten.
fn add(links: usize) -> Work {
    let mut all = Tagged::new(links.max(MOST));
    Box::new(move |count| {
        let pairs = all.next.take(&all.pairs, count);
        Tagged::add(&mut all.blog, pairs);
    })
}

/// From rows of ten.
fn remove(links: usize) -> Work {
    let mut all = Tagged::linked(links.max(MOST));
    Box::new(move |count| {
        for &(post, tag) in all.next.take(&all.pairs, count) {
            let mut post = all.blog.edit(post);
            post.tags_mut().remove(tag).expect("both are live");
        }
    })
}

/// Half of them are linked.
fn contains(links: usize) -> Work {
    let all = Tagged::linked(links);
    let mut asked = all.pairs.clone();
    let last = asked.len() - 1;
    for at in (0..last).step_by(2) {
        asked[at].1 = all.pairs[last - at].1;
    }
    let mut next = Next::default();
    let asked: Vec<_> = asked.into_iter().cycle().take(MOST.max(links)).collect();
    Box::new(move |count| {
        let asked = next.take(&asked, count).iter();
        let hits = asked.filter(|(post, tag)| all.blog.at(*post).tags().contains(*tag));
        black_box(hits.count());
    })
}

fn iterate(links: usize) -> Work {
    let mut all = Tagged::linked(links);
    Box::new(move |count| {
        for posts in parts(count / EACH, links / EACH) {
            let mut total = 0_u64;
            for &post in all.next.take(&all.posts, posts) {
                for tag in all.blog.at(post).tags() {
                    total = total.wrapping_add(tag.number);
                }
            }
            black_box(total);
        }
    })
}

/// All tags of a post by one call; for each link.
fn extend(links: usize) -> Work {
    let mut all = Tagged::new(links.max(MOST));
    all.pairs.sort_unstable();
    let rows = all.pairs.chunk_by(|a, b| a.0 == b.0);
    let row = |row: &[Pair]| (row[0].0, row.iter().map(|pair| pair.1).collect::<Vec<_>>());
    let rows: Vec<_> = rows.map(row).collect();
    let mut next = Next::default();
    Box::new(move |count| {
        for (post, tags) in next.take(&rows, count / EACH) {
            let mut post = all.blog.edit(*post);
            post.tags_mut()
                .extend(tags.iter().copied())
                .expect("all are live");
        }
    })
}
