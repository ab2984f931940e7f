//! Ranks with the probabilities of Zipf's law.

use crate::driver::SplitMix64;

/// Draws rank `k` of `1..=n` with a probability proportional to `k^-s`, by rejection-inversion (Hörmann and Derflinger
/// 1996): no table, whatever `n` is.
#[derive(Clone, Copy, Debug)]
pub struct Zipf {
    ranks: f64,
    exponent: f64,
    /// The integral of the density's hull up to the first rank, and to the last.
    first: f64,
    last: f64,
    /// Ranks this near to the point that was drawn are taken without a look at the density.
    near: f64,
}

/// Draws that may be rejected before one is taken all the same. On average less than one in ten is.
const REJECTED_MAX: u32 = 64;

impl Zipf {
    /// Of `ranks` ranks, at least 1; `exponent` is above 0.
    pub fn new(ranks: u64, exponent: f64) -> Self {
        let ranks = ranks.max(1) as f64;
        let mut zipf = Self { ranks, exponent, first: 0.0, last: 0.0, near: 0.0 };
        zipf.first = zipf.integral(1.5) - 1.0;
        zipf.last = zipf.integral(ranks + 0.5);
        zipf.near = 2.0 - zipf.inverse(zipf.integral(2.5) - zipf.density(2.0));
        zipf
    }

    /// A rank, from 0.
    pub fn draw(&self, random: &mut SplitMix64) -> u64 {
        let mut rank = 1.0;
        for _ in 0..REJECTED_MAX {
            let drawn = self.last + unit(random) * (self.first - self.last);
            let point = self.inverse(drawn);
            rank = point.round().clamp(1.0, self.ranks);
            if rank - point <= self.near || drawn >= self.integral(rank + 0.5) - self.density(rank) {
                break;
            }
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 1 to the number of ranks")]
        let rank = rank as u64;
        rank - 1
    }

    fn density(&self, x: f64) -> f64 {
        (-self.exponent * x.ln()).exp()
    }

    /// `(x^(1-s) - 1) / (1 - s)`, and the logarithm where `s` is 1.
    fn integral(&self, x: f64) -> f64 {
        let log = x.ln();
        log * ratio((1.0 - self.exponent) * log, f64::exp_m1)
    }

    fn inverse(&self, x: f64) -> f64 {
        // Rounding may lead just below -1, where the logarithm ends.
        (x * ratio((x * (1.0 - self.exponent)).max(-1.0), f64::ln_1p)).exp()
    }
}

/// `f(x) / x`, which goes to 1 where `x` goes to 0.
fn ratio(x: f64, f: impl Fn(f64) -> f64) -> f64 {
    if x.abs() > 1e-8 { f(x) / x } else { 1.0 + x * if f(1.0) > 1.0 { 0.5 } else { -0.5 } }
}

/// From 0 up to, but not, 1.
pub fn unit(random: &mut SplitMix64) -> f64 {
    (random.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against the law itself, rank by rank: within five standard deviations.
    #[test]
    fn ranks_come_as_often_as_the_law_says() {
        const DRAWS: u32 = 200_000;
        for exponent in [0.5, 0.99, 1.0, 1.5, 3.0] {
            for ranks in [1_u64, 2, 10, 1000] {
                let zipf = Zipf::new(ranks, exponent);
                let mut random = SplitMix64::new(ranks);
                let mut counts = vec![0_u32; usize::try_from(ranks).unwrap()];
                (0..DRAWS).for_each(|_| counts[usize::try_from(zipf.draw(&mut random)).unwrap()] += 1);
                let weight = |rank: usize| (rank as f64 + 1.0).powf(-exponent);
                let sum: f64 = (0..counts.len()).map(weight).sum();
                for (rank, count) in counts.iter().enumerate().take(20) {
                    let share = weight(rank) / sum;
                    let expected = f64::from(DRAWS) * share;
                    let deviation = (f64::from(DRAWS) * share * (1.0 - share)).sqrt();
                    let off = (f64::from(*count) - expected).abs();
                    assert!(off <= 5.0 * deviation + 1.0, "{exponent}, {ranks}, {rank}: {count}, not {expected}");
                }
            }
        }
    }

    #[test]
    fn many_ranks_need_no_table() {
        let zipf = Zipf::new(100_000_000, 0.99);
        let mut random = SplitMix64::new(3);
        assert!((0..1000).map(|_| zipf.draw(&mut random)).all(|rank| rank < 100_000_000));
    }
}
