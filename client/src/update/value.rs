//! What a key shall hold.

use crate::IntoBytes;
use bytes::Bytes;

/// Which value a key shall have, as the function of an [`update`](crate::Client::update) says it.
///
/// An `Option` of bytes becomes one: `Some` sets the value, `None` removes it, just as the function is shown
/// `Some` for a value and `None` for none. So do bytes and text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// This one. It is written, and gets a version of its own, even if it equals the one that was there.
    Set(Bytes),
    /// None. Nothing is written if the key has none.
    Absent,
    /// The one it has, or none if it has none. Nothing is written.
    Keep,
}

impl<V: IntoBytes> From<Option<V>> for Value {
    fn from(value: Option<V>) -> Self {
        value.map_or(Self::Absent, |value| Self::Set(value.into_bytes()))
    }
}

macro_rules! from {
    ($($bytes:ty),*) => {$(
        impl From<$bytes> for Value {
            fn from(value: $bytes) -> Self {
                Self::Set(IntoBytes::into_bytes(value))
            }
        }
    )*};
}

from!(Bytes, Vec<u8>, String, &str, &[u8], &String, &Bytes);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_functions_return_means_what_it_looks_like() {
        assert_eq!(Value::from(Some("a")), Value::Set("a".into()));
        assert_eq!(Value::from(None::<Vec<u8>>), Value::Absent);
        let text = String::from("b");
        assert_eq!(Value::from(Some(&text)), Value::from(text.as_str()));
        assert_eq!(Value::from(vec![7]), Value::Set(vec![7].into()));
        assert_eq!(Value::from(String::new()), Value::Set(Bytes::new()));
    }
}
