//! How much memory is in use after a piece of work that was not before.

/// Where a contender has its memory from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Heap {
    /// All of it from Rust's global allocator, which counts what was asked for.
    Rust,
    /// From the C library, so its own count is taken, with what it adds to each
    /// piece.
    C,
}

/// Whether the C library tells what it has given.
pub(crate) const HAS_C_HEAP: bool = cfg!(all(target_os = "linux", target_env = "gnu"));

/// The bytes that are live after the work, less those that were before.
pub(crate) fn held<R>(heap: Heap, work: impl FnOnce() -> R) -> (R, i64) {
    match heap {
        Heap::Rust => counted(work),
        Heap::C => {
            let before = c_heap();
            let result = work();
            (result, c_heap() - before)
        }
    }
}

fn counted<R>(work: impl FnOnce() -> R) -> (R, i64) {
    let mut result = None;
    let info = allocation_counter::measure(|| result = Some(work()));
    let result = result.expect("the work was done");
    (result, info.bytes_current)
}

/// Runs the work without the counting, which would take time.
pub(crate) fn uncounted<R>(work: impl FnOnce() -> R) -> R {
    let mut result = None;
    allocation_counter::opt_out(|| result = Some(work()));
    result.expect("the work was done")
}

/// What is in use of the C library's heap: in its arenas, and mapped for large
/// pieces.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn c_heap() -> i64 {
    #[expect(
        unsafe_code,
        reason = "no crate wraps it; it takes nothing and returns numbers"
    )]
    let info = unsafe { libc::mallinfo2() };
    (info.uordblks + info.hblkhd) as i64
}

/// Other C libraries do not tell: their contenders show no bytes.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn c_heap() -> i64 {
    0
}

#[cfg(test)]
mod tests {
    use std::hint::black_box;

    use super::*;

    #[test]
    fn what_is_kept_is_counted_and_what_is_freed_is_not() {
        let keep = || {
            drop(black_box(vec![0_u8; 50_000]));
            black_box(vec![0_u8; 1_000_000])
        };
        let (_kept, bytes) = held(Heap::Rust, keep);
        assert_eq!(bytes, 1_000_000);
        let (_none, bytes) = held(Heap::Rust, || uncounted(keep));
        assert_eq!(bytes, 0);
    }

    #[test]
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    fn the_c_heap_has_what_rust_takes_from_it_too() {
        let (_kept, bytes) = held(Heap::C, || black_box(vec![0_u8; 10_000_000]));
        assert!((10_000_000..11_000_000).contains(&bytes), "{bytes}");
    }
}
