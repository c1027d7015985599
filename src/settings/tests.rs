//! Settings over HTTP, on both engines.
