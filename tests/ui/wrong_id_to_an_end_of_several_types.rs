use backref::{Id, entity, graph};

#[entity]
struct Post {}

#[entity]
struct Photo {}

#[entity]
struct Comment {
    #[relationship(backref = comments)]
    on: ToOne<(Post, Photo)>,
}

graph! { struct Blog { posts: Post, photos: Photo, comments: Comment } }

fn answer(blog: &mut Blog, comment: Id<Comment>) -> backref::Result<()> {
    blog.edit(comment).set_on(comment)?;
    Ok(())
}

fn main() {}
