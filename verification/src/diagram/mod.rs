//! A run of a cluster as a sequence diagram: lanes for nodes and clients, messages as arrows, what reached a disk, what
//! a crash took. Drawn as an SVG image that needs nothing else, and as a Mermaid diagram, which code hosts render.

mod layout;
mod mermaid;
mod picture;
mod scene;
mod svg;
mod text;

pub use mermaid::Mermaid;
pub use picture::{Arrival, Arrow, Diagram, Fate, Lane, Mark, MarkKind, Write};
pub use scene::Scene;
pub use svg::Svg;
