//! What keys and values are given as.

use bytes::Bytes;

/// Bytes, in whatever form a program has them. [`Bytes`] are shared, a `Vec` or a `String` is taken over, what is
/// borrowed is copied.
pub trait IntoBytes {
    /// As bytes.
    fn into_bytes(self) -> Bytes;
}

macro_rules! owned {
    ($($bytes:ty),*) => {$(
        impl IntoBytes for $bytes {
            fn into_bytes(self) -> Bytes {
                self.into()
            }
        }
    )*};
}

macro_rules! borrowed {
    ($($bytes:ty),*) => {$(
        impl IntoBytes for &$bytes {
            fn into_bytes(self) -> Bytes {
                Bytes::copy_from_slice(self.as_ref())
            }
        }
    )*};
}

owned!(Bytes, Vec<u8>, String, Box<[u8]>);
borrowed!(str, String, [u8], Vec<u8>);

impl IntoBytes for &Bytes {
    fn into_bytes(self) -> Bytes {
        self.clone()
    }
}

impl<const N: usize> IntoBytes for &[u8; N] {
    fn into_bytes(self) -> Bytes {
        Bytes::copy_from_slice(self)
    }
}

impl<const N: usize> IntoBytes for [u8; N] {
    fn into_bytes(self) -> Bytes {
        Bytes::copy_from_slice(&self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_gives_the_same_bytes() {
        let text = String::from("key");
        let forms = [
            "key".into_bytes(),
            (&text).into_bytes(),
            IntoBytes::into_bytes(text.clone()),
            text.as_bytes().into_bytes(),
            text.as_bytes().to_vec().into_bytes(),
            (&text.as_bytes().to_vec()).into_bytes(),
            b"key".into_bytes(),
            (*b"key").into_bytes(),
            Box::<[u8]>::from(*b"key").into_bytes(),
            (&Bytes::from_static(b"key")).into_bytes(),
        ];
        assert!(forms.iter().all(|bytes| bytes == "key"));
    }
}
