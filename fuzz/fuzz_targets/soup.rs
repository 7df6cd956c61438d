//! Tokens and fragments of services in any order, through the whole run.
#![no_main]

use std::sync::LazyLock;

use backstop_fuzz::fragments::soup;
use backstop_fuzz::{CHECK, Scratch};
use libfuzzer_sys::fuzz_target;

static SCRATCH: LazyLock<Scratch> = LazyLock::new(Scratch::new);

fuzz_target!(|bytes: &[u8]| {
    SCRATCH.write("src/main.rs", soup(bytes));
    let _ = SCRATCH.run(&CHECK);
});
