//! The graph, and what is done to it.

use std::hint::black_box;

use backref::{Error, Id, entity, graph};

use crate::report::Report;

#[entity]
#[derive(Debug)]
pub(crate) struct Parent {
    pub(crate) number: u64,
    #[relationship(back_populates = parent)]
    pub(crate) children: ToMany<Child>,
}

#[entity]
#[derive(Debug)]
pub(crate) struct Child {
    pub(crate) number: u64,
    #[relationship(back_populates = children)]
    pub(crate) parent: ToOne<Parent>,
}

graph! { pub(crate) struct Family { parents: Parent, children: Child } }

/// How many entities go into one call.
const CHUNK: usize = 1 << 20;

/// xorshift64*
#[derive(Debug)]
struct Random(u64);

impl Random {
    fn of<T: Copy>(&mut self, list: &[T]) -> T {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 32;
        // The high half of the product: below the length.
        let at = (u128::from(high) * list.len() as u128) >> 32;
        list[usize::try_from(at).expect("it is below a length")]
    }
}

/// A graph that is measured.
struct Measured {
    lib: Family,
    parents: Vec<Id<Parent>>,
    children: Vec<Id<Child>>,
    random: Random,
    report: Report,
}

/// All stages, at so many links.
pub(crate) fn run(links: usize, degree: usize, moves: usize) -> Result<Report, String> {
    let mut all = Measured {
        lib: Family::new(),
        parents: Vec::new(),
        children: Vec::new(),
        random: Random(links as u64),
        report: Report::default(),
    };
    let text = |error: Error| error.to_string();
    all.load(links, links.div_ceil(degree)).map_err(text)?;
    all.change(moves).map_err(text)?;
    all.read()?;
    all.verify("verify", links)?;
    all.cut().map_err(text)?;
    all.shrink()?;
    Ok(all.report)
}

fn link_bytes(lib: &Family) -> usize {
    lib.graph().link_bytes()
}

impl Measured {
    fn load(&mut self, children: usize, parents: usize) -> Result<(), Error> {
        let Self { lib, report, .. } = self;
        self.parents = report.stage(
            ("insert parents", parents),
            (lib, link_bytes),
            |lib, bar| {
                lib.reserve::<Parent>(parents);
                let mut ids = Vec::with_capacity(parents);
                for from in (0..parents).step_by(CHUNK) {
                    let some = from..parents.min(from + CHUNK);
                    let some = some.inspect(|_| bar.step());
                    ids.extend(lib.insert_all(some.map(|number| Parent {
                        number: number as u64,
                    }))?);
                }
                Ok::<_, Error>(ids)
            },
        )?;
        self.children = report.stage(
            ("insert children", children),
            (lib, link_bytes),
            |lib, bar| {
                lib.reserve::<Child>(children);
                let mut ids = Vec::with_capacity(children);
                for from in (0..children).step_by(CHUNK) {
                    let some = from..children.min(from + CHUNK);
                    let some = some.inspect(|_| bar.step());
                    ids.extend(lib.insert_all(some.map(|number| Child {
                        number: number as u64,
                    }))?);
                }
                Ok::<_, Error>(ids)
            },
        )?;
        let Self { random, .. } = self;
        let (children, parents) = (&self.children, &self.parents);
        report.stage(
            ("bulk load", children.len()),
            (lib, link_bytes),
            |lib, bar| {
                let pairs = children.iter().map(|&child| {
                    bar.step();
                    (child, random.of(parents))
                });
                lib.bulk(Child::PARENT, pairs).map(drop)
            },
        )
    }

    /// Children get other parents, one by one and in bulk.
    fn change(&mut self, moves: usize) -> Result<(), Error> {
        let Self {
            lib,
            random,
            report,
            ..
        } = self;
        let (children, parents) = (&self.children, &self.parents);
        report.stage(("reassign", moves), (lib, link_bytes), |lib, bar| {
            for _ in 0..moves {
                bar.step();
                let (child, parent) = (random.of(children), random.of(parents));
                lib.edit(child).set_parent(parent)?;
            }
            Ok::<_, Error>(())
        })?;
        report.stage(
            ("reassign in bulk", moves),
            (lib, link_bytes),
            |lib, bar| {
                let pairs = (0..moves).map(|_| {
                    bar.step();
                    (random.of(children), random.of(parents))
                });
                lib.bulk(Child::PARENT, pairs).map(drop)
            },
        )
    }

    fn read(&mut self) -> Result<(), String> {
        let Self { lib, report, .. } = self;
        let links = self.children.len();
        report.stage(("iterate", links), (lib, link_bytes), |lib, bar| {
            let (mut met, mut sum) = (0, 0_u64);
            for parent in lib.parents() {
                for child in parent.children() {
                    sum = sum.wrapping_add(child.number);
                    met += 1;
                    bar.step();
                }
            }
            black_box(sum);
            if met == links {
                Ok(())
            } else {
                Err(format!("{met} children were met, and there are {links}"))
            }
        })?;
        let children = &self.children;
        report.stage(("read to-one", links), (lib, link_bytes), |lib, bar| {
            let mut sum = 0_u64;
            for &child in children {
                let parent = lib.at(child).parent();
                sum = sum.wrapping_add(parent.map_or(0, |parent| parent.number));
                bar.step();
            }
            black_box(sum);
            Ok(())
        })
    }

    /// One parent of ten goes, and leaves its children alone; then nine children
    /// of ten, from behind.
    fn cut(&mut self) -> Result<(), Error> {
        let Self { lib, report, .. } = self;
        let gone: Vec<Id<Parent>> = self.parents.iter().copied().step_by(10).collect();
        let links = gone.iter().map(|&parent| lib.at(parent).children().len());
        let links: usize = links.sum();
        report.stage(("nullify", links), (lib, link_bytes), |lib, bar| {
            for parent in gone {
                let deleted = lib.delete(parent)?;
                (0..deleted.links).for_each(|_| bar.step());
            }
            Ok::<_, Error>(())
        })?;
        let gone = self.children.split_off(self.children.len() / 10);
        report.stage(
            ("delete children", gone.len()),
            (lib, link_bytes),
            |lib, bar| {
                for child in gone {
                    lib.delete(child)?;
                    bar.step();
                }
                Ok(())
            },
        )
    }

    /// Both ends of so many links, everywhere.
    fn verify(&mut self, name: &'static str, links: usize) -> Result<(), String> {
        let Self { lib, report, .. } = self;
        report.stage((name, links), (lib, link_bytes), |lib, _| {
            lib.verify().map_err(|broken| broken.to_string())
        })
    }

    fn shrink(&mut self) -> Result<(), String> {
        let left = self.lib.count::<Child>();
        let Self { lib, report, .. } = self;
        report.stage(("shrink_to_fit", left), (lib, link_bytes), |lib, _| {
            lib.shrink_to_fit();
            Ok::<_, String>(())
        })?;
        self.verify("verify again", left)
    }
}
