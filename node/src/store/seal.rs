//! The frame around everything that this node keeps: a header and a checksum over header, key and body.
//!
//! The key is part of the sum, so bytes that a damaged page shows under another key are found out as well.

use super::Corruption;
use quorate_protocol::ConfigEpoch;

const MARK: [u8; 2] = *b"QR";
const HEADER: usize = 12;

/// mark (2), version (2), epoch (4), CRC32C (4), all little-endian, then the body.
pub(super) fn seal(version: u16, epoch: ConfigEpoch, key: &[u8], body: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEADER + body.len());
    bytes.extend_from_slice(&MARK);
    bytes.extend_from_slice(&version.to_le_bytes());
    bytes.extend_from_slice(&epoch.0.to_le_bytes());
    bytes.extend_from_slice(&checksum(&bytes, key, body).to_le_bytes());
    bytes.extend_from_slice(body);
    bytes
}

/// The epoch and the body of sealed bytes.
///
/// # Errors
/// [`Corruption`]; the checksum is looked at before anything else is believed.
pub(super) fn unseal<'a>(version: u16, key: &[u8], bytes: &'a [u8]) -> Result<(ConfigEpoch, &'a [u8]), Corruption> {
    let (header, body) = bytes.split_first_chunk::<HEADER>().ok_or(Corruption::Header)?;
    let [m0, m1, v0, v1, e0, e1, e2, e3, c0, c1, c2, c3] = *header;
    if [m0, m1] != MARK {
        return Err(Corruption::Header);
    }
    let claimed = u16::from_le_bytes([v0, v1]);
    if claimed != version {
        return Err(Corruption::Version(claimed));
    }
    let summed = [m0, m1, v0, v1, e0, e1, e2, e3];
    if checksum(&summed, key, body) != u32::from_le_bytes([c0, c1, c2, c3]) {
        return Err(Corruption::Checksum);
    }
    Ok((ConfigEpoch(u32::from_le_bytes([e0, e1, e2, e3])), body))
}

fn checksum(header: &[u8], key: &[u8], body: &[u8]) -> u32 {
    // The length keeps (key, body) apart from every other way to cut the same bytes in two.
    let length = u32::try_from(key.len()).unwrap_or(u32::MAX).to_le_bytes();
    [&length[..], key, body].iter().fold(crc32c::crc32c(header), |sum, part| crc32c::crc32c_append(sum, part))
}
