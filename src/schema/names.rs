//! Names as users write them: `Type.end`, and what they may have meant.

/// How many names an advice lists at most.
const LISTED: usize = 12;

/// How many names are compared with the wrong one, and how long they may be:
/// advice is given in a bounded time.
const COMPARED: usize = 1_000;
const COMPARED_LEN: usize = 40;

/// The two parts of `Type.end`, or `None` unless there are just two and
/// neither is empty.
pub(super) fn split(name: &str) -> Option<(&str, &str)> {
    let (owner, end) = name.split_once('.')?;
    (is_plain(owner) && is_plain(end)).then_some((owner, end))
}

/// Whether the name can stand on a side of the dot.
pub(super) fn is_plain(name: &str) -> bool {
    !name.is_empty() && !name.contains('.')
}

/// What to write instead of `wrong`, out of the names there are.
pub(super) fn advice<'a>(wrong: &str, known: impl Iterator<Item = &'a str> + Clone) -> String {
    match closest(wrong, known.clone()) {
        Some(meant) => format!("did you mean {meant}?"),
        None => listing(known),
    }
}

/// The names there are, not too many of them.
pub(super) fn listing<'a>(known: impl Iterator<Item = &'a str> + Clone) -> String {
    let shown: Vec<&str> = known.clone().take(LISTED).collect();
    let more = known.skip(LISTED).count();
    match (shown.as_slice(), more) {
        ([], _) => "there are none".to_owned(),
        ([one], _) => format!("there is {one}"),
        (some, 0) => format!("there are {}", some.join(", ")),
        (some, more) => format!("there are {} and {more} more", some.join(", ")),
    }
}

/// The name nearest to the wrong one, the first among equals, if it is near.
fn closest<'a>(wrong: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let wrong = folded(wrong)?;
    let near = known.take(COMPARED).filter_map(|name| {
        let distance = distance(&wrong, &folded(name)?);
        (distance <= wrong.len() / 3).then_some((distance, name))
    });
    near.min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// The letters of a name without their case; `None` for one too long to compare.
fn folded(name: &str) -> Option<Vec<char>> {
    (name.len() <= COMPARED_LEN).then(|| name.chars().flat_map(char::to_lowercase).collect())
}

/// How many letters must be put in, taken out or replaced (Levenshtein).
fn distance(from: &[char], to: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in to.iter().enumerate() {
            let replaced = diagonal + usize::from(a != b);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_an_end_has_two_parts() {
        assert_eq!(split("Book.author"), Some(("Book", "author")));
        for wrong in [
            "",
            ".",
            "Book",
            "Book.",
            ".author",
            "Book.author.name",
            "a..b",
        ] {
            assert_eq!(split(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn distance_counts_letters() {
        let distance = |a: &str, b: &str| {
            distance(
                &folded(a).expect("it is short"),
                &folded(b).expect("it is short"),
            )
        };
        assert_eq!(distance("author", "author"), 0);
        assert_eq!(distance("Author", "aUTHOR"), 0);
        assert_eq!(distance("autor", "author"), 1);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
    }

    #[test]
    fn advice_names_the_near_one_or_all() {
        let known = ["Author", "Book", "Tag"];
        let advice = |wrong| advice(wrong, known.into_iter());
        assert_eq!(advice("Autor"), "did you mean Author?");
        assert_eq!(advice("BOOK"), "did you mean Book?");
        assert_eq!(advice("Publisher"), "there are Author, Book, Tag");
        assert_eq!(listing(["Tag"].into_iter()), "there is Tag");
        assert_eq!(listing([].into_iter()), "there are none");
    }

    #[test]
    fn advice_is_bounded() {
        let many: Vec<String> = (0..100).map(|i| format!("Type{i}")).collect();
        let advice = advice(&"x".repeat(1_000_000), many.iter().map(String::as_str));
        assert!(advice.ends_with("Type11 and 88 more"), "{advice}");
    }
}
