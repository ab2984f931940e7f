//! `spec/PROPERTIES.md`, property by property.

use quorate_spec::Property;

const TEXT: &str = include_str!("../../../spec/PROPERTIES.md");

/// What `spec/PROPERTIES.md` says of a property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prose(&'static str);

impl Prose {
    /// Of a property.
    pub fn of(property: Property) -> Option<Self> {
        let head = format!("\n## P{} ", property.number());
        let (_, rest) = TEXT.split_once(&head)?;
        let (_, body) = rest.split_once('\n')?;
        Some(Self(body.split("\n## ").next().unwrap_or(body)))
    }

    /// Of a property named as models name it: `P13 FreshReads`. The number counts.
    pub fn of_label(label: &str) -> Option<Self> {
        let number: u8 = label.split_whitespace().next()?.strip_prefix('P')?.parse().ok()?;
        Property::ALL.into_iter().find(|property| property.number() == number).and_then(Self::of)
    }

    /// Its paragraphs, as they stand there.
    pub fn paragraphs(self) -> impl Iterator<Item = &'static str> {
        self.0.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty())
    }

    /// The first sentence of what must hold, after the paragraph on names and sources.
    pub fn first_sentence(self) -> String {
        let says = self.paragraphs().nth(1).unwrap_or_default();
        let line = says.split_whitespace().collect::<Vec<_>>().join(" ");
        match line.split_once(". ") {
            Some((sentence, _)) => format!("{sentence}."),
            None => line,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_property_says_something() {
        for property in Property::ALL {
            let prose = Prose::of(property).unwrap_or_else(|| panic!("{property} is not in the prose"));
            assert!(prose.paragraphs().count() >= 2, "{property}");
            assert!(prose.first_sentence().len() > 20 && prose.first_sentence().ends_with('.'), "{property}");
            assert_eq!(Prose::of_label(&property.to_string()), Some(prose));
        }
        assert_eq!(Prose::of_label("P13 FreshReads"), Prose::of(Property::FreshReads));
        assert_eq!((Prose::of_label("invariants"), Prose::of_label("P99 Nothing")), (None, None));
    }
}
