//! The manifest of this member is broken.

pub fn nothing() {}
