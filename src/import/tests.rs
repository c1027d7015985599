//! Importing, over HTTP and on both engines.
