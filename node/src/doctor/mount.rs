use std::fs;
use std::path::{Path, PathBuf};

/// The file system that a directory is on, as /proc/self/mountinfo has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mount {
    /// Where it is mounted.
    pub(super) point: PathBuf,
    /// Its type, such as ext4.
    pub(super) kind: String,
    /// What is mounted, such as /dev/sda1.
    pub(super) source: String,
    /// Its options, those of the mount and those of the file system.
    pub(super) options: Vec<String>,
}

impl Mount {
    /// That of a directory, by the longest mount point above it; of several at one point the last one mounted.
    ///
    /// # Errors
    /// The list cannot be read, in words.
    pub(super) fn of(directory: &Path) -> Result<Self, String> {
        let directory = directory.canonicalize().map_err(|error| error.to_string())?;
        let list =
            fs::read_to_string("/proc/self/mountinfo").map_err(|error| format!("/proc/self/mountinfo: {error}"))?;
        let above = list.lines().filter_map(parse).filter(|mount| directory.starts_with(&mount.point));
        above.max_by_key(|mount| mount.point.as_os_str().len()).ok_or_else(|| "no mount point is above it".to_owned())
    }
}

/// `36 35 98:0 /root /point rw,noatime master:1 - ext4 /dev/sda1 rw,errors=continue`
fn parse(line: &str) -> Option<Mount> {
    let (mount, system) = line.split_once(" - ")?;
    let mut mount = mount.split(' ').skip(4);
    let (point, own) = (mount.next()?, mount.next()?);
    let mut system = system.split(' ');
    let (kind, source, other) = (system.next()?, system.next()?, system.next().unwrap_or_default());
    let options = own.split(',').chain(other.split(',')).map(str::to_owned).collect();
    Some(Mount { point: unescaped(point).into(), kind: kind.to_owned(), source: unescaped(source), options })
}

/// Spaces and the like stand as three octal digits.
fn unescaped(text: &str) -> String {
    let mut parts = text.split('\\');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let code = part.get(..3).and_then(|digits| u8::from_str_radix(digits, 8).ok());
        match code {
            Some(code) => {
                plain.push(char::from(code));
                plain.push_str(part.get(3..).unwrap_or_default());
            }
            None => plain.push_str(part),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_list() {
        let line = "36 35 98:0 /mnt1 /mnt/my\\040disk rw,noatime master:1 - ext4 /dev/root rw,nobarrier";
        let mount = parse(line).unwrap();
        assert_eq!((mount.point.as_path(), mount.kind.as_str()), (Path::new("/mnt/my disk"), "ext4"));
        assert_eq!((mount.source.as_str(), mount.options.len()), ("/dev/root", 4));
        assert!(parse("36 35 98:0").is_none());
        assert!(Mount::of(Path::new("/")).is_ok());
    }
}
