//! Names as numbers: one table for the whole process, so that equal names are equal numbers everywhere.

/// An interned name. Comparing and hashing is comparing and hashing a number; the order of two symbols means nothing,
/// so whatever is shown is sorted by [`Sym::as_str`].
pub type Sym = symbol_table::GlobalSymbol;

/// The symbol of a string literal, looked up once per place in the code.
#[macro_export]
macro_rules! sym {
    ($name:literal) => {
        symbol_table::static_symbol!($name)
    };
}
