//! Any bytes as the baseline.
#![no_main]

use std::sync::LazyLock;

use backstop_fuzz::{CHECK, Scratch};
use libfuzzer_sys::fuzz_target;

static SCRATCH: LazyLock<Scratch> = LazyLock::new(Scratch::new);

fuzz_target!(|bytes: &[u8]| {
    SCRATCH.write("backstop-baseline.json", bytes);
    let _ = SCRATCH.run(&CHECK);
    // Writes it anew, from what can be read of it.
    let _ = SCRATCH.run(&["baseline"]);
});
