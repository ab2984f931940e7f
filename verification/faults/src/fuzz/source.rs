/// Choices drawn from an input's bytes, first to last; zeros once they are used up. Whatever changes a byte changes one
/// choice, and a shorter input is a shorter run, so a fuzzer can search and reduce.
#[derive(Clone, Debug)]
pub struct Source<'a> {
    bytes: &'a [u8],
}

impl<'a> Source<'a> {
    /// Choices from these bytes.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    /// Whether every byte is used up.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    fn take<const N: usize>(&mut self) -> [u8; N] {
        let mut taken = [0; N];
        for place in &mut taken {
            let Some((first, rest)) = self.bytes.split_first() else { break };
            (*place, self.bytes) = (*first, rest);
        }
        taken
    }

    /// A byte.
    pub fn byte(&mut self) -> u8 {
        let [byte] = self.take();
        byte
    }

    /// A number of 16 bits.
    pub fn u16(&mut self) -> u16 {
        u16::from_le_bytes(self.take())
    }

    /// A number of 32 bits.
    pub fn u32(&mut self) -> u32 {
        u32::from_le_bytes(self.take())
    }

    /// A number of 64 bits.
    pub fn u64(&mut self) -> u64 {
        u64::from_le_bytes(self.take())
    }

    /// A number below `bound`, which is at least 1.
    pub fn below(&mut self, bound: u8) -> u8 {
        self.byte().checked_rem(bound).unwrap_or(0)
    }

    /// Yes in about so many of 256 cases; no once the bytes are used up.
    pub fn chance(&mut self, of_256: u8) -> bool {
        !self.is_empty() && self.byte() < of_256
    }

    /// One of these, of which there is at least one and at most 256.
    ///
    /// # Panics
    /// There is none.
    pub fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        let at = usize::from(self.byte()) % of.len().max(1);
        *of.get(at).expect("something to pick from")
    }
}
