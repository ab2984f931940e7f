//! Latencies as HdrHistogram's percentile text, which its plotters read.

use super::Seen;
use hdrhistogram::Histogram;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Lines for each halving of what is left up to 100 %.
const TICKS: u32 = 5;

/// Writes a file for each kind of operation: `latency.hgrm` becomes `latency.put.hgrm`, and so on.
pub(super) fn write(path: &Path, seen: &Seen) -> io::Result<Vec<PathBuf>> {
    let mut written = Vec::new();
    for (kind, tally) in seen.kinds() {
        let path = path_of(path, kind.name());
        let mut text = Vec::new();
        percentiles(&mut text, tally.latency())?;
        std::fs::write(&path, text)?;
        written.push(path);
    }
    Ok(written)
}

fn path_of(path: &Path, kind: &str) -> PathBuf {
    match path.extension() {
        Some(extension) => path.with_extension(format!("{kind}.{}", extension.to_string_lossy())),
        None => path.with_extension(kind),
    }
}

/// In milliseconds.
fn percentiles(out: &mut impl Write, latency: &Histogram<u64>) -> io::Result<()> {
    writeln!(out, "{:>12} {:>14} {:>10} {:>14}\n", "Value", "Percentile", "TotalCount", "1/(1-Percentile)")?;
    let mut total = 0;
    for step in latency.iter_quantiles(TICKS) {
        total += step.count_since_last_iteration();
        let (value, share) = (step.value_iterated_to() as f64 / 1e3, step.quantile_iterated_to());
        if share < 1.0 {
            writeln!(out, "{value:>12.3} {share:>14.12} {total:>10} {:>14.2}", 1.0 / (1.0 - share))?;
        } else {
            writeln!(out, "{value:>12.3} {share:>14.12} {total:>10}")?;
        }
    }
    let (mean, deviation, max) = (latency.mean() / 1e3, latency.stdev() / 1e3, latency.max() as f64 / 1e3);
    writeln!(out, "#[Mean    = {mean:>12.3}, StdDeviation   = {deviation:>12.3}]")?;
    writeln!(out, "#[Max     = {max:>12.3}, Total count    = {:>12}]", latency.len())?;
    let buckets = latency.buckets();
    writeln!(out, "#[Buckets = {buckets:>12}, SubBuckets     = {:>12}]", 2048)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_that_of_hdrhistogram() {
        let mut latency = Histogram::<u64>::new_with_max(600_000_000, 3).unwrap();
        (1..=1000).for_each(|i| latency.record(i * 10).unwrap());
        let mut text = Vec::new();
        percentiles(&mut text, &latency).unwrap();
        let text = String::from_utf8(text).unwrap();
        let rows: Vec<Vec<f64>> = text
            .lines()
            .skip(2)
            .filter(|line| !line.starts_with('#'))
            .map(|line| line.split_whitespace().map(|word| word.parse().unwrap()).collect())
            .collect();
        assert!(rows.is_sorted_by(|one, next| one[0] <= next[0] && one[1] <= next[1]), "{text}");
        let half = rows.iter().find(|row| (row[1] - 0.5).abs() < 1e-9).unwrap();
        assert_eq!((half[2], half[3]), (500.0, 2.0), "{text}");
        assert!((half[0] - 5.0).abs() < 0.01, "{text}");
        assert_eq!(rows.last().map(|row| (row.len(), row[2])), Some((3, 1000.0)), "{text}");
        assert!(text.contains("Total count    =         1000]"), "{text}");
    }

    #[test]
    fn each_kind_has_a_file_of_its_own() {
        assert_eq!(path_of(Path::new("a/b.hgrm"), "put"), Path::new("a/b.put.hgrm"));
        assert_eq!(path_of(Path::new("b"), "get"), Path::new("b.get"));
    }
}
