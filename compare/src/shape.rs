//! How many parents, and how many children each.

use std::fmt;
use std::str::FromStr;

/// So many parents with so many children each, or so many entities on either
/// side of a many-to-many relationship with so many links each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Shape {
    pub(crate) parents: u32,
    pub(crate) each: u32,
}

/// The shapes that are measured if none is named; `--quick` leaves out the last.
pub(crate) const SHAPES: [Shape; 4] = [
    Shape::new(1_000, 100),
    Shape::new(10, 10_000),
    Shape::new(100_000, 10),
    Shape::new(1_000_000, 10),
];

/// More than this does not fit into the memory of most machines.
const MOST_LINKS: u64 = 100_000_000;

impl Shape {
    pub(crate) const fn new(parents: u32, each: u32) -> Self {
        Self { parents, each }
    }

    pub(crate) const fn links(self) -> u32 {
        self.parents * self.each
    }

    /// Whether so many links an entity leave room for as many more that are not
    /// there, on both sides of a many-to-many relationship.
    pub(crate) const fn suits_many_to_many(self) -> bool {
        self.each <= self.parents / 4
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}", self.parents, self.each)
    }
}

impl FromStr for Shape {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = SHAPES.map(|shape| shape.to_string()).join(", ");
        let usage = || {
            format!(
                "`{text}` is no shape: it is the number of parents and of the children of each, \
                 as in {known}, or others of that form"
            )
        };
        let (parents, each) = text.split_once('x').ok_or_else(usage)?;
        let parents: u32 = parents.parse().map_err(|_| usage())?;
        let each: u32 = each.parse().map_err(|_| usage())?;
        if parents < 4 || each < 1 {
            return Err(format!(
                "`{text}` is too small: 4 parents with a child each are the least"
            ));
        }
        if u64::from(parents) * u64::from(each) > MOST_LINKS {
            return Err(format!(
                "`{text}` has more than {MOST_LINKS} links, which is the most"
            ));
        }
        Ok(Self { parents, each })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_are_read_as_they_are_printed() {
        for shape in SHAPES {
            assert_eq!(shape.to_string().parse(), Ok(shape));
        }
    }

    #[test]
    fn what_is_no_shape_is_told_what_shapes_are() {
        for text in ["", "10", "x", "10x", "ax3", "-1x3", "5x1.5"] {
            let error = text.parse::<Shape>().unwrap_err();
            assert!(error.contains("1000x100"), "{error}");
        }
        assert!("1x5".parse::<Shape>().unwrap_err().contains("too small"));
        let many = "100000x100000".parse::<Shape>().unwrap_err();
        assert!(many.contains("more than"), "{many}");
    }
}
