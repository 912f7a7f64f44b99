//! Lines and dots on paper that is white, whatever is around it.

use std::error::Error;
use std::path::Path;

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

pub(crate) type Drawn = Result<(), Box<dyn Error>>;

const INK: RGBColor = RGBColor(51, 51, 51);
const GRID: RGBColor = RGBColor(226, 226, 226);
const FONT: &str = "sans-serif";

/// A contender's colour and weight.
#[derive(Clone, Copy)]
pub(crate) struct Pen {
    colour: RGBColor,
    width: u32,
}

/// Ours are blue and thick, floors grey; the others keep apart from their
/// neighbours.
pub(crate) fn pen(name: &str) -> Pen {
    let (colour, width) = match name {
        "backref" => (RGBColor(0, 70, 200), 4),
        "backref-set" => (RGBColor(30, 130, 230), 3),
        "backref-linked" => (RGBColor(70, 170, 240), 3),
        "backref-tx" => (RGBColor(90, 90, 220), 3),
        "slotmap-remove" => (RGBColor(214, 60, 20), 2),
        "slotmap-swap" => (RGBColor(240, 130, 30), 2),
        "hashmap-foldhash" => (RGBColor(150, 110, 20), 2),
        "rc-refcell" => (RGBColor(190, 40, 110), 2),
        "indextree" => (RGBColor(40, 140, 60), 2),
        "petgraph" => (RGBColor(100, 60, 40), 2),
        "bevy-vec" => (RGBColor(130, 40, 170), 2),
        "bevy-hashset" => (RGBColor(180, 110, 220), 2),
        "flecs" => (RGBColor(0, 140, 140), 2),
        "sqlite" => (RGBColor(30, 60, 80), 2),
        _ => (RGBColor(140, 140, 140), 2),
    };
    Pen { colour, width }
}

/// A name, and values over places on the horizontal axis.
pub(crate) struct Line {
    pub(crate) name: &'static str,
    pub(crate) points: Vec<(f64, f64)>,
}

/// Lines over a logarithmic axis, each with its name where it ends.
pub(crate) struct Lines {
    pub(crate) title: &'static str,
    pub(crate) below: &'static str,
    /// Places on the horizontal axis, with what stands under them.
    pub(crate) ticks: Vec<(f64, String)>,
    pub(crate) lines: Vec<Line>,
}

/// A name, and a value for each kind, if there is one.
pub(crate) struct Dots {
    pub(crate) name: &'static str,
    pub(crate) values: Vec<Option<f64>>,
}

/// Rows of dots over a logarithmic axis.
pub(crate) struct Panel {
    pub(crate) title: String,
    pub(crate) rows: Vec<Dots>,
}

/// A part of the paper with logarithmic axes, in pixels.
struct Frame {
    left: i32,
    top: i32,
    right: i32,
    bottom: i32,
}

type Paper<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// Part of the way from the least to the most, on a logarithmic scale.
fn part(value: f64, (least, most): (f64, f64)) -> f64 {
    (value / least).ln() / (most / least).ln()
}

/// Powers of ten around all of these.
fn around(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (mut least, mut most) = (f64::INFINITY, f64::NEG_INFINITY);
    for value in values.filter(|value| *value > 0.0) {
        least = least.min(value);
        most = most.max(value);
    }
    if least > most {
        return (1.0, 10.0);
    }
    let floor = 10_f64.powf(least.log10().floor());
    let ceiling = 10_f64.powf(most.log10().ceil());
    (
        floor,
        if ceiling > floor {
            ceiling
        } else {
            floor * 10.0
        },
    )
}

fn powers((least, most): (f64, f64)) -> impl Iterator<Item = f64> {
    let next = move |power: &f64| Some(power * 10.0).filter(|&power| power <= most * 1.001);
    std::iter::successors(Some(least), next)
}

fn nanoseconds(value: f64) -> String {
    match value {
        1e6.. => format!("{} ms", (value / 1e6).round()),
        1e3.. => format!("{} µs", (value / 1e3).round()),
        1.0.. => format!("{} ns", value.round()),
        _ => format!("{value} ns"),
    }
}

impl Frame {
    fn across(&self, part: f64) -> i32 {
        self.left + (f64::from(self.right - self.left) * part).round() as i32
    }

    fn up(&self, part: f64) -> i32 {
        self.bottom - (f64::from(self.bottom - self.top) * part).round() as i32
    }
}

fn text(
    paper: &Paper<'_>,
    size: i32,
    at: (i32, i32),
    (pos, colour): (Pos, RGBColor),
    what: &str,
) -> Drawn {
    let style = (FONT, size).into_font().color(&colour).pos(pos);
    paper.draw(&Text::new(what.to_owned(), at, style))?;
    Ok(())
}

fn stroke(paper: &Paper<'_>, points: Vec<(i32, i32)>, pen: Pen) -> Drawn {
    paper.draw(&PathElement::new(
        points,
        pen.colour.stroke_width(pen.width),
    ))?;
    Ok(())
}

/// The same with gaps: a dash of seven pixels in twelve.
fn dashed(paper: &Paper<'_>, points: &[(i32, i32)], pen: Pen) -> Drawn {
    for ends in points.windows(2) {
        let (from, to) = (ends[0], ends[1]);
        let (across, up) = (f64::from(to.0 - from.0), f64::from(to.1 - from.1));
        let length = across.hypot(up);
        let on = |along: f64| {
            let part = (along / length).min(1.0);
            let moved = |start: i32, by: f64| start + (by * part).round() as i32;
            (moved(from.0, across), moved(from.1, up))
        };
        for dash in 0..(length / 12.0).ceil() as u32 {
            let start = f64::from(dash) * 12.0;
            stroke(paper, vec![on(start), on(start + 7.0)], pen)?;
        }
    }
    Ok(())
}

const fn thin(colour: RGBColor) -> Pen {
    Pen { colour, width: 1 }
}

fn anchor(horizontal: HPos, vertical: VPos) -> Pos {
    Pos::new(horizontal, vertical)
}

impl Lines {
    const SIZE: (u32, u32) = (900, 560);
    const FRAME: Frame = Frame {
        left: 80,
        top: 60,
        right: 720,
        bottom: 490,
    };

    pub(crate) fn draw(&self, path: &Path) -> Drawn {
        let paper = SVGBackend::new(path, Self::SIZE).into_drawing_area();
        paper.fill(&WHITE)?;
        let heading = (anchor(HPos::Left, VPos::Top), INK);
        text(&paper, 20, (20, 16), heading, self.title)?;
        let values = self.lines.iter().flat_map(|line| &line.points);
        let scale = around(values.map(|point| point.1));
        self.axes(&paper, scale)?;
        for line in &self.lines {
            self.line(&paper, line, scale)?;
        }
        self.labels(&paper, scale)?;
        paper.present()?;
        Ok(())
    }

    fn across(&self, place: f64) -> i32 {
        let ends = (self.ticks.first(), self.ticks.last());
        let (Some(first), Some(last)) = ends else {
            return Self::FRAME.left;
        };
        Self::FRAME.across(part(place, (first.0, last.0)))
    }

    fn axes(&self, paper: &Paper<'_>, scale: (f64, f64)) -> Drawn {
        let Frame {
            left,
            top,
            right,
            bottom,
        } = Self::FRAME;
        for power in powers(scale) {
            let height = Self::FRAME.up(part(power, scale));
            stroke(paper, vec![(left, height), (right, height)], thin(GRID))?;
            let pos = (anchor(HPos::Right, VPos::Center), INK);
            text(paper, 14, (left - 8, height), pos, &nanoseconds(power))?;
        }
        for (place, label) in &self.ticks {
            let place = self.across(*place);
            stroke(paper, vec![(place, top), (place, bottom)], thin(GRID))?;
            let pos = (anchor(HPos::Center, VPos::Top), INK);
            text(paper, 14, (place, bottom + 8), pos, label)?;
        }
        let pos = (anchor(HPos::Center, VPos::Top), INK);
        let middle = i32::midpoint(left, right);
        text(paper, 15, (middle, bottom + 34), pos, self.below)
    }

    fn line(&self, paper: &Paper<'_>, line: &Line, scale: (f64, f64)) -> Drawn {
        let pen = pen(line.name);
        let place =
            |&(place, value): &(f64, f64)| (self.across(place), Self::FRAME.up(part(value, scale)));
        let points: Vec<(i32, i32)> = line.points.iter().map(place).collect();
        let radius = pen.width as i32 + 1;
        for &point in &points {
            paper.draw(&Circle::new(point, radius, pen.colour.filled()))?;
        }
        if line.name.starts_with("floor") {
            return dashed(paper, &points, pen);
        }
        stroke(paper, points, pen)
    }

    /// Names stand where their lines end, moved apart where those are close.
    fn labels(&self, paper: &Paper<'_>, scale: (f64, f64)) -> Drawn {
        const APART: i32 = 17;
        let end = |line: &Line| {
            let &(place, value) = line.points.last()?;
            Some((
                Self::FRAME.up(part(value, scale)),
                self.across(place),
                line.name,
            ))
        };
        let mut ends: Vec<_> = self.lines.iter().filter_map(end).collect();
        ends.sort_unstable();
        let wanted: Vec<i32> = ends.iter().map(|end| end.0).collect();
        let room = (Self::FRAME.top - 8, Self::FRAME.bottom + 40);
        for (height, (from, place, name)) in spread(&wanted, APART, room).into_iter().zip(ends) {
            let pen = pen(name);
            let start = Self::FRAME.right + 26;
            let leader = vec![(place + 7, from), (start - 12, height), (start - 4, height)];
            stroke(paper, leader, thin(pen.colour))?;
            let pos = (anchor(HPos::Left, VPos::Center), pen.colour);
            let size = if name == "backref" { 17 } else { 14 };
            text(paper, size, (start, height), pos, name)?;
        }
        Ok(())
    }
}

/// Places near those wanted, which are in order, no two closer than this and
/// all between the ends, if there is room.
fn spread(wanted: &[i32], apart: i32, (top, bottom): (i32, i32)) -> Vec<i32> {
    // Neighbours that would overlap become a block, which stands as near as it
    // may to the mean of what its members want.
    let within = |(mean, count): (i32, i32)| {
        let half = apart * (count - 1) / 2;
        (mean.min(bottom - half).max(top + half), count)
    };
    let mut blocks: Vec<(i32, i32)> = Vec::new();
    for &place in wanted {
        let mut block = within((place, 1));
        while let Some(&(mean, count)) = blocks.last() {
            if block.0 - mean >= apart * (count + block.1) / 2 {
                break;
            }
            blocks.pop();
            let sum = mean * count + block.0 * block.1;
            block = within((sum / (count + block.1), count + block.1));
        }
        blocks.push(block);
    }
    let members = |(mean, count): (i32, i32)| {
        let first = mean - apart * (count - 1) / 2;
        (0..count).map(move |at| first + at * apart)
    };
    blocks.into_iter().flat_map(members).collect()
}

/// The colours of the kinds of dots.
const KINDS: [RGBColor; 3] = [
    RGBColor(0, 70, 200),
    RGBColor(240, 130, 30),
    RGBColor(40, 140, 60),
];

/// Draws panels side by side, with the same rows and kinds.
pub(crate) fn dots(path: &Path, title: &str, kinds: &[&str], panels: &[Panel]) -> Drawn {
    const ROW: i32 = 24;
    const NAMES: i32 = 150;
    const WIDTH: i32 = 900;
    let rows = panels
        .iter()
        .map(|panel| panel.rows.len())
        .max()
        .unwrap_or_default();
    let bottom = 116 + ROW * i32::try_from(rows)?;
    let size = (WIDTH as u32, u32::try_from(bottom + 44)?);
    let paper = SVGBackend::new(path, size).into_drawing_area();
    paper.fill(&WHITE)?;
    let left = anchor(HPos::Left, VPos::Top);
    text(&paper, 20, (20, 16), (left, INK), title)?;
    let mut along = 20;
    for (kind, &colour) in kinds.iter().zip(&KINDS) {
        paper.draw(&Circle::new((along + 6, 58), 6, colour.filled()))?;
        let pos = anchor(HPos::Left, VPos::Center);
        text(&paper, 15, (along + 18, 58), (pos, colour), kind)?;
        along += 40 + 8 * i32::try_from(kind.len())?;
    }
    let values = panels.iter().flat_map(|panel| &panel.rows);
    let scale = around(values.flat_map(|row| row.values.iter().copied().flatten()));
    let each = (WIDTH - NAMES - 20) / i32::try_from(panels.len().max(1))?;
    for (at, panel) in (0..).zip(panels) {
        let left = NAMES + at * each + 24;
        let frame = Frame {
            left,
            top: 104,
            right: left + each - 48,
            bottom,
        };
        panel.draw(&paper, &frame, scale)?;
    }
    if let Some(panel) = panels.first() {
        for (at, row) in (0..).zip(&panel.rows) {
            let pos = anchor(HPos::Right, VPos::Center);
            let height = 116 + ROW * at;
            text(
                &paper,
                14,
                (NAMES, height),
                (pos, pen(row.name).colour),
                row.name,
            )?;
        }
    }
    paper.present()?;
    Ok(())
}

impl Panel {
    fn draw(&self, paper: &Paper<'_>, frame: &Frame, scale: (f64, f64)) -> Drawn {
        const ROW: i32 = 24;
        let middle = i32::midpoint(frame.left, frame.right);
        let pos = (anchor(HPos::Center, VPos::Top), INK);
        text(paper, 15, (middle, 80), pos, &self.title)?;
        for power in powers(scale) {
            let place = frame.across(part(power, scale));
            stroke(
                paper,
                vec![(place, frame.top), (place, frame.bottom)],
                thin(GRID),
            )?;
            text(
                paper,
                14,
                (place, frame.bottom + 8),
                pos,
                &nanoseconds(power),
            )?;
        }
        for (at, row) in (0..).zip(&self.rows) {
            let height = 116 + ROW * at;
            stroke(
                paper,
                vec![(frame.left, height), (frame.right, height)],
                thin(GRID),
            )?;
            for (value, colour) in row.values.iter().zip(KINDS) {
                if let Some(value) = value {
                    let place = frame.across(part(*value, scale));
                    paper.draw(&Circle::new((place, height), 6, colour.filled()))?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_moved_apart_and_no_further() {
        let room = (0, 400);
        assert_eq!(spread(&[10, 100], 20, room), [10, 100]);
        assert_eq!(spread(&[50, 50], 20, room), [40, 60]);
        assert_eq!(spread(&[1, 2, 399, 400], 20, room), [0, 20, 380, 400]);
        let close = spread(&[10, 12, 14, 16, 300], 20, room);
        assert!(
            close.windows(2).all(|pair| pair[1] - pair[0] >= 20),
            "{close:?}"
        );
        assert_eq!(close[4], 300);
    }

    #[test]
    fn axes_go_from_power_to_power() {
        assert_eq!(around([3.0, 450.0].into_iter()), (1.0, 1_000.0));
        assert_eq!(around([100.0].into_iter()), (100.0, 1_000.0));
        let powers: Vec<f64> = powers((1.0, 1_000.0)).collect();
        assert_eq!(powers.len(), 4);
        assert!((part(10.0, (1.0, 100.0)) - 0.5).abs() < 1e-9);
    }
}
