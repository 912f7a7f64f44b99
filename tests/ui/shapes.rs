use backref::{entity, graph};

#[entity]
enum Kind {}

#[entity]
struct Pair(u8, u8);

#[entity]
struct Generic<T> {
    item: T,
}

#[entity]
struct Named {
    #[relationship(backref = delete)]
    id: ToOne<Named>,
    #[serde(skip)]
    #[relationship(one_way)]
    other: ToOne<Named>,
}

graph! { struct Everything { all: Named, pairs: Pair } }

fn main() {}
