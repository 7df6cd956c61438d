//! Any bytes, parsed and lowered.
#![no_main]

use backstop::syntax::lower_file;
use backstop_fuzz::with_stack;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    with_stack(|| drop(lower_file(&text)));
});
