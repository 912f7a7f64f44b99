//! The parser: a Debian control file as a sequence of stanzas.

use std::borrow::Cow;
use std::fmt;
use std::iter::Peekable;
use std::str::SplitInclusive;

/// What this program wants to know of a package.
///
/// All of it is borrowed from the input, except for a text that runs over
/// several lines and has to be put together.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Stanza<'a> {
    pub(crate) package: Cow<'a, str>,
    pub(crate) source: Cow<'a, str>,
    pub(crate) maintainer: Option<Cow<'a, str>>,
    pub(crate) section: Option<Cow<'a, str>>,
    /// The names in `Pre-Depends` and `Depends`, alternatives included, as
    /// often as they stand there.
    pub(crate) depends: Vec<&'a str>,
    pub(crate) tags: Vec<&'a str>,
}

/// What is wrong with the input, and in which line, counted from 1.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Malformed {
    pub(crate) line: usize,
    pub(crate) what: &'static str,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.line, self.what)
    }
}

/// The stanzas of a control file, in order.
pub(crate) fn stanzas(input: &[u8]) -> Result<Stanzas<'_>, Malformed> {
    let text = str::from_utf8(input).map_err(|error| Malformed {
        line: 1 + line_ends(&input[..error.valid_up_to()]),
        what: "bytes that are not UTF-8",
    })?;
    Ok(Stanzas {
        text,
        lines: text.split_inclusive('\n').peekable(),
        line: 1,
        at: 0,
    })
}

/// An iterator over [`Stanza`]s. What comes after the first error has no meaning.
#[derive(Debug)]
pub(crate) struct Stanzas<'a> {
    text: &'a str,
    lines: Peekable<SplitInclusive<'a, char>>,
    /// The number of the line that `lines` gives next, and its offset in `text`.
    line: usize,
    at: usize,
}

impl<'a> Iterator for Stanzas<'a> {
    type Item = Result<Stanza<'a>, Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.next_line_if(is_blank).is_some() {}
        self.lines.peek()?;
        Some(self.stanza())
    }
}

impl<'a> Stanzas<'a> {
    fn stanza(&mut self) -> Result<Stanza<'a>, Malformed> {
        let line = self.line;
        let mut fields = Fields::default();
        while let Some(field) = self.field()? {
            fields.keep(field);
        }
        fields.stanza(line)
    }

    /// The next field with its continuation lines, which stand together in the
    /// text; `None` where the stanza ends.
    fn field(&mut self) -> Result<Option<Field<'a>>, Malformed> {
        let (line, start) = (self.line, self.at);
        let Some(first) = self.next_line_if(|line| !is_blank(line)) else {
            return Ok(None);
        };
        let malformed = |what| Malformed { line, what };
        if first.starts_with(BLANKS) {
            return Err(malformed("a continuation line before any field"));
        }
        let (name, _) = first
            .split_once(':')
            .ok_or_else(|| malformed("a line without a colon"))?;
        if name.trim_ascii().is_empty() {
            return Err(malformed("a line without a name before its colon"));
        }
        while self.next_line_if(is_continuation).is_some() {}
        Ok(Some(Field {
            name: name.trim_ascii(),
            value: self.text[start + name.len() + 1..self.at].trim_ascii(),
            line,
        }))
    }

    fn next_line_if(&mut self, wanted: impl FnOnce(&str) -> bool) -> Option<&'a str> {
        let line = self.lines.next_if(|line| wanted(line))?;
        self.line += 1;
        self.at += line.len();
        Some(line)
    }
}

/// A field as it stands in the text, the line ends within its value included.
#[derive(Clone, Copy, Debug, Default)]
struct Field<'a> {
    name: &'a str,
    value: &'a str,
    line: usize,
}

/// The fields that matter here. An empty one is as good as a missing one, and
/// the last of a name counts.
#[derive(Debug, Default)]
struct Fields<'a> {
    package: Field<'a>,
    source: Field<'a>,
    maintainer: Field<'a>,
    section: Field<'a>,
    pre_depends: Field<'a>,
    depends: Field<'a>,
    tag: Field<'a>,
}

impl<'a> Fields<'a> {
    fn keep(&mut self, field: Field<'a>) {
        let wanted = [
            ("Package", &mut self.package),
            ("Source", &mut self.source),
            ("Maintainer", &mut self.maintainer),
            ("Section", &mut self.section),
            ("Pre-Depends", &mut self.pre_depends),
            ("Depends", &mut self.depends),
            ("Tag", &mut self.tag),
        ];
        for (name, kept) in wanted {
            if field.name.eq_ignore_ascii_case(name) {
                *kept = field;
            }
        }
    }

    /// The stanza that begins in this line.
    fn stanza(&self, line: usize) -> Result<Stanza<'a>, Malformed> {
        let package = self.package.text().ok_or(Malformed {
            line,
            what: "a stanza without `Package`",
        })?;
        let mut depends = self.pre_depends.package_names()?;
        depends.extend(self.depends.package_names()?);
        Ok(Stanza {
            source: self.source.bare_text().unwrap_or_else(|| package.clone()),
            package,
            maintainer: self.maintainer.text(),
            section: self.section.text(),
            depends,
            tags: self.tag.items().collect(),
        })
    }
}

impl<'a> Field<'a> {
    /// The value in one line.
    fn text(self) -> Option<Cow<'a, str>> {
        one_line(self.value)
    }

    /// The value in one line, without what stands in brackets behind it.
    fn bare_text(self) -> Option<Cow<'a, str>> {
        one_line(before(self.value, &BRACKETS))
    }

    /// What stands between the commas.
    fn items(self) -> impl Iterator<Item = &'a str> {
        let items = self.value.split(',').map(str::trim_ascii);
        items.filter(|item| !item.is_empty())
    }

    /// The names of packages: of `libc6 (>= 2.34), perl:any | mawk [amd64]`
    /// these are `libc6`, `perl` and `mawk`. Commas and bars within brackets
    /// separate nothing.
    fn package_names(self) -> Result<Vec<&'a str>, Malformed> {
        let mut closing = None;
        let alternatives = self.value.split(|c| {
            let outside = closing.is_none();
            if outside {
                closing = closing_bracket(c);
            } else if closing == Some(c) {
                closing = None;
            }
            outside && matches!(c, ',' | '|')
        });
        let names = alternatives
            .map(|alternative| before(alternative, &[':', '(', '[', '<']))
            .filter(|name| !name.is_empty())
            .collect();
        match closing {
            None => Ok(names),
            Some(_) => Err(Malformed {
                line: self.line,
                what: "a field with a bracket that is never closed",
            }),
        }
    }
}

const BLANKS: [char; 2] = [' ', '\t'];
const BRACKETS: [char; 3] = ['(', '[', '<'];

fn closing_bracket(opening: char) -> Option<char> {
    match opening {
        '(' => Some(')'),
        '[' => Some(']'),
        '<' => Some('>'),
        _ => None,
    }
}

/// A line of blanks only ends a stanza, as an empty one does.
fn is_blank(line: &str) -> bool {
    line.trim_ascii().is_empty()
}

fn is_continuation(line: &str) -> bool {
    line.starts_with(BLANKS) && !is_blank(line)
}

fn before<'a>(text: &'a str, ends: &[char]) -> &'a str {
    let end = text.find(ends).unwrap_or(text.len());
    text[..end].trim_ascii()
}

/// A value whose lines are joined with blanks; `None` for an empty one.
fn one_line(value: &str) -> Option<Cow<'_, str>> {
    if !value.contains('\n') {
        return (!value.is_empty()).then_some(Cow::Borrowed(value));
    }
    let lines: Vec<_> = value.lines().map(str::trim_ascii).collect();
    Some(Cow::Owned(lines.join(" ")))
}

fn line_ends(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&byte| byte == b'\n').count()
}
