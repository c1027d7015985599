//! What holds across features: who may ask what, that one organisation never reaches another, and that bad input is
//! answered and not suffered.

mod authority;
mod edge;
mod elsewhere;
mod input;
mod isolation;
mod matrix;
mod shares;
mod sizes;
mod structure;
mod tls;

pub use structure::{product, sources};
