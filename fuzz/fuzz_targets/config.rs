//! Any bytes as `backstop.toml`.
#![no_main]

use std::sync::LazyLock;

use backstop_fuzz::{CHECK, Scratch};
use libfuzzer_sys::fuzz_target;

static SCRATCH: LazyLock<Scratch> = LazyLock::new(Scratch::new);

fuzz_target!(|bytes: &[u8]| {
    SCRATCH.write("backstop.toml", bytes);
    let _ = SCRATCH.run(&CHECK);
    let _ = SCRATCH.run(&["check", "--show-settings"]);
});
