//! What the command line asks for.

use std::path::PathBuf;

const USAGE: &str = "\
usage: scale [--links N] [--degree N] [--moves N] [--growth FILE.csv]
  --links N    how many links, as 1000000, 100k or 100M (1M)
  --degree N   how many children a parent has on the average (10)
  --moves N    how many children are given another parent (2M)
  --growth F   every size from 10k links up, and the times to a file";

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Options {
    pub(crate) links: usize,
    pub(crate) degree: usize,
    pub(crate) moves: usize,
    pub(crate) growth: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            links: 1_000_000,
            degree: 10,
            moves: 2_000_000,
            growth: None,
        }
    }
}

impl Options {
    /// Reads the arguments, the name of the program left out.
    pub(crate) fn parse(args: impl IntoIterator<Item = String>) -> Result<Self, String> {
        let mut options = Self::default();
        let mut args = args.into_iter();
        while let Some(option) = args.next() {
            let value = args
                .next()
                .ok_or_else(|| format!("{option} needs a value\n{USAGE}"))?;
            match option.as_str() {
                "--links" => options.links = number(&value)?,
                "--degree" => options.degree = number(&value)?,
                "--moves" => options.moves = number(&value)?,
                "--growth" => options.growth = Some(PathBuf::from(value)),
                _ => return Err(format!("there is no option {option}\n{USAGE}")),
            }
        }
        if options.links < options.degree {
            return Err(format!("there are fewer links than one row has\n{USAGE}"));
        }
        Ok(options)
    }
}

/// A number above 0, in thousands or millions where it says so.
fn number(text: &str) -> Result<usize, String> {
    let (digits, factor) = match text.strip_suffix(['k', 'M']) {
        Some(digits) if text.ends_with('k') => (digits, 1_000),
        Some(digits) => (digits, 1_000_000),
        None => (text, 1),
    };
    let number: Option<usize> = digits.replace('_', "").parse().ok();
    number
        .and_then(|number| number.checked_mul(factor))
        .filter(|&number| number > 0)
        .ok_or_else(|| format!("{text} is no number above 0, as 1000, 100k or 10M\n{USAGE}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(args: &str) -> Result<Options, String> {
        Options::parse(args.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn numbers_may_be_in_thousands_and_millions() {
        let options = parse("--links 100M --degree 20 --moves 300k").expect("it is sound");
        assert_eq!(
            (options.links, options.degree, options.moves),
            (100_000_000, 20, 300_000)
        );
        assert_eq!(parse(""), Ok(Options::default()));
    }

    #[test]
    fn what_makes_no_sense_says_so() {
        for (args, told) in [
            ("--links", "needs a value"),
            ("--links many", "is no number"),
            ("--links 0", "is no number"),
            ("--lines 3", "there is no option"),
            ("--links 5", "fewer links"),
        ] {
            let error = parse(args).expect_err(args);
            assert!(error.contains(told), "{args}: {error}");
        }
    }
}
