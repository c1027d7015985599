//! What holds across features: who may ask what, that one organisation never reaches another, and that bad input is
//! answered and not suffered.

mod elsewhere;
mod input;
mod isolation;
mod matrix;
mod structure;
mod tls;

pub use structure::{product, sources};
