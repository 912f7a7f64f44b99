//! Sizes of blocks, four to each doubling.

/// Which blocks there are: class and size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) class: usize,
    pub(crate) size: u32,
}

/// How many classes there are.
pub(crate) const CLASSES: usize = 120;

/// The smallest block that holds so many cells, at most a quarter larger; none
/// beyond 32 bits.
///
/// A block's size depends on its class alone, and it is taken and given back
/// whole. So a row that comes again finds the block of the one that went, and
/// rows that come and go do not make the pool grow.
pub(crate) fn holding(cells: usize) -> Option<Block> {
    const SMALLEST: u32 = 4;
    let cells = u32::try_from(cells).ok()?;
    if cells <= SMALLEST {
        return Some(Block {
            class: 0,
            size: SMALLEST,
        });
    }
    let shift = (cells - 1).ilog2() - 2;
    let quarters = (cells - 1) >> shift;
    let size = (quarters + 1).checked_shl(shift)?;
    (size >= cells).then_some(Block {
        class: (shift * 4 + quarters - 3) as usize,
        size,
    })
}

/// The size of the blocks of a class.
pub(crate) fn size(class: usize) -> u32 {
    let class = u32::try_from(class).expect("there are few classes");
    // Four sizes to a doubling from 4 on: 4, 5, 6, 7, 8, 10, 12, 14, 16, 20 …
    let (shift, quarters) = match class {
        0 => (0, 3),
        class => ((class - 1) / 4, (class - 1) % 4 + 4),
    };
    (quarters + 1) << shift
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_holds_what_it_is_asked_for_and_little_more() {
        for cells in (1..5000).chain([1 << 20, (1 << 20) + 1, 1 << 31, (1 << 31) + 1]) {
            let block = holding(cells).expect("it is far from the end");
            let size = block.size as usize;
            assert!(
                size >= cells && (size <= 4 || size * 4 <= cells * 5 + 4),
                "{cells}: {size}"
            );
            assert!(block.class < CLASSES);
        }
    }

    #[test]
    fn a_class_has_one_size_and_larger_ones_come_later() {
        let blocks: Vec<Block> = (1..5000).filter_map(holding).collect();
        for pair in blocks.windows(2) {
            assert_eq!(pair[0].class == pair[1].class, pair[0].size == pair[1].size);
            assert!(pair[0].class <= pair[1].class);
        }
    }

    #[test]
    fn the_size_of_a_block_is_one_that_it_holds() {
        for block in (1..5000).filter_map(holding) {
            assert_eq!(holding(block.size as usize), Some(block));
            assert_eq!(size(block.class), block.size);
        }
    }

    #[test]
    fn there_is_no_block_beyond_32_bits() {
        assert_eq!(holding(u32::MAX as usize), None);
        assert_eq!(holding(1 << 40), None);
        assert!(holding(7 << 29).is_some());
    }
}
