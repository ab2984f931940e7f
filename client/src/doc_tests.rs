//! The Rust in README.md and in the book, as doc tests.

#[doc = include_str!("../../README.md")]
struct Readme;

#[cfg(feature = "testing")]
#[doc = include_str!("../../docs/testing.md")]
struct Testing;

#[doc = include_str!("../../docs/embed.md")]
struct Embed;

#[doc = include_str!("../../docs/library.md")]
struct Library;
