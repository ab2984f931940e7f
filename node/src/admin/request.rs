/// Bytes of a request's head, all header lines included.
pub const HEAD_BYTES_MAX: usize = 8 * 1024;

/// Why a request is not answered with what it asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadRequest {
    /// No HTTP request line.
    Syntax,
    /// Anything but GET.
    Method,
    /// No end within [`HEAD_BYTES_MAX`].
    TooLong,
}

/// The path of a request, without its query.
///
/// # Errors
/// It is no request that this port answers.
pub fn request_path(head: &[u8]) -> Result<&str, BadRequest> {
    let ends = head.windows(4).any(|end| end == b"\r\n\r\n") || head.windows(2).any(|end| end == b"\n\n");
    if !ends && head.len() >= HEAD_BYTES_MAX {
        return Err(BadRequest::TooLong);
    }
    let line = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = std::str::from_utf8(line).map_err(|_| BadRequest::Syntax)?;
    let mut words = line.split_ascii_whitespace();
    let (Some(method), Some(target), Some(version), None) = (words.next(), words.next(), words.next(), words.next())
    else {
        return Err(BadRequest::Syntax);
    };
    if !version.starts_with("HTTP/1.") || !target.starts_with('/') {
        return Err(BadRequest::Syntax);
    }
    if method != "GET" {
        return Err(BadRequest::Method);
    }
    Ok(target.split('?').next().unwrap_or(target))
}
