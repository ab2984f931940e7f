//! A run in figures.

use super::{Gap, NOTICEABLE, Outcome};
use core::fmt;
use quorate_node::bench::Tally as Measured;
use quorate_verification::trace::Report;
use std::time::Duration;

/// Gaps that are shown.
const SHOWN: usize = 8;

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.load.as_secs_f64();
        let (tally, stats) = (&self.tally, &self.clients);
        #[expect(clippy::cast_precision_loss, reason = "for people")]
        let rate = tally.operations as f64 / seconds;
        let ms = |duration: Duration| format!("{:.1} ms", duration.as_secs_f64() * 1e3);
        let mut row = |name: &str, value: String| writeln!(f, "{name:<22} {value}");
        row("fault", format!("{:?}, {} times in {seconds:.1} s of load", self.fault, self.faults))?;
        row("operations", format!("{} ({rate:.0} a second)", tally.operations))?;
        row("reads", tally.reads.to_string())?;
        row("acknowledged writes", tally.acknowledged.to_string())?;
        row("negative answers", tally.refused.to_string())?;
        row("not applied, or failed", tally.failed.to_string())?;
        row("unknown", tally.unknown.to_string())?;
        row("lost", self.lost.to_string())?;
        row("linearizability", self.linearizability.to_string().trim_end().to_owned())?;
        row("versions", self.versions.as_ref().map_or_else(|| "sound".to_owned(), ToString::to_string))?;
        row("traces", traces(&self.traces))?;
        let latency = |tally: &Measured| {
            let [p50, p99] = [0.5, 0.99].map(|share| ms(tally.quantile(share)));
            format!("p50 {p50}, p99 {p99}, max {}", ms(tally.max()))
        };
        row("latency of reads", latency(&self.latencies.reads))?;
        row("latency of writes", latency(&self.latencies.writes))?;
        row("longest gap, worst", ms(self.gaps.worst()))?;
        row("longest gap, median", ms(self.gaps.median()))?;
        row("the same of reads", format!("{}, {}", ms(self.read_gaps.worst()), ms(self.read_gaps.median())))?;
        row("keys over 100 ms", format!("{} of {}", self.gaps.keys_over(NOTICEABLE), self.gaps.longest.len()))?;
        let calm: Vec<&Gap> = self.gaps.noticeable.iter().filter(|gap| gap.is_calm()).collect();
        let (count, calm_count) = (self.gaps.noticeable.len(), calm.len());
        row("gaps over 100 ms", format!("{count} in all, {calm_count} of them without a stall of the machine"))?;
        row("machine: overslept", ms(self.noise.overslept.worst))?;
        row("machine: fdatasync", ms(self.noise.sync.worst))?;
        row("retries, timeouts", format!("{}, {}", stats.write_retries, stats.timeouts))?;
        row("reads in one round", format!("{} of {}", stats.reads_one_round, stats.reads))?;
        row("sessions", self.sessions.to_string())?;
        writeln!(f, "the longest gaps of {SHOWN} keys:")?;
        self.gaps.longest.iter().take(SHOWN).try_for_each(|gap| writeln!(f, "  {gap}"))?;
        if !calm.is_empty() {
            writeln!(f, "gaps over 100 ms without a stall of the machine:")?;
        }
        calm.into_iter().take(SHOWN).try_for_each(|gap| writeln!(f, "  {gap}"))?;
        self.errors.iter().take(SHOWN).try_for_each(|error| writeln!(f, "  error: {error}"))?;
        self.complaints.iter().try_for_each(|complaint| writeln!(f, "  {complaint}"))
    }
}

fn traces(report: &Report) -> String {
    let Report { steps, slots, slots_in_full, chosen, gaps, torn, holes, failed, .. } = report;
    format!(
        "{failed} failures; {steps} steps replayed; {slots} slots, {slots_in_full} with every voter's part, {chosen} chosen; \
         {gaps} gaps, {torn} torn tails, {holes} holes"
    )
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (from, length) = (self.from.as_secs_f64(), self.length.as_secs_f64() * 1e3);
        write!(f, "{:>8.1} ms at {from:>8.3} s, {}", length, self.key)?;
        if let Some((what, seconds)) = &self.after {
            write!(f, ", {seconds:+.3} s from \"{what}\"")?;
        }
        let stalled = |name, stall: Duration| format!(", {name} {:.0} ms", stall.as_secs_f64() * 1e3);
        for (name, stall) in [("overslept", self.overslept), ("fdatasync", self.sync)] {
            f.write_str(&if stall.is_zero() { String::new() } else { stalled(name, stall) })?;
        }
        if self.ended { Ok(()) } else { f.write_str(", and then nobody waited") }
    }
}
