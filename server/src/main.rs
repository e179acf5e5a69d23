//! The catalogue program.

use std::ffi::c_long;
use std::process::ExitCode;

use libmimalloc_sys::{mi_option_set_default, mi_option_t, mi_option_use_numa_nodes};

/// Many short-lived pieces of text for each answer: what takes and gives memory back fast answers faster.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Which of its options says how long it keeps what was given back; the library names only the one after.
const PURGE_DELAY: mi_option_t = mi_option_use_numa_nodes - 1;
/// Milliseconds of it. The second that it takes by itself holds every part of a large file that passed within it, tens of megabytes.
const KEPT: c_long = 10;

fn main() -> ExitCode {
    // Setting an option touches nothing but the option. `MIMALLOC_PURGE_DELAY` wins over it.
    #[expect(unsafe_code, reason = "the library offers its options in C alone")]
    unsafe {
        mi_option_set_default(PURGE_DELAY, KEPT);
    }
    server::cli::main()
}

#[cfg(test)]
mod tests {
    use libmimalloc_sys::mi_option_get;

    use super::PURGE_DELAY;

    #[test]
    fn the_option_is_the_one_that_holds_memory_for_a_second() {
        #[expect(unsafe_code, reason = "the library offers its options in C alone")]
        let milliseconds = unsafe { mi_option_get(PURGE_DELAY) };
        assert_eq!(milliseconds, 1000);
    }
}
