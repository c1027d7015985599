//! Numbers as people read them.

/// A number as people read it: `1,434`.
pub fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if number < 0 {
        text.push('-');
    }
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number with its noun: `1 case`, `105 cases`.
pub fn counted(number: i64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(number), if number == 1 { one } else { many })
}

/// A number of bytes for people, in powers of 1000: `25 MB`, `1.5 MB`.
pub fn sized(bytes: impl TryInto<i64>) -> String {
    match bytes.try_into().unwrap_or(i64::MAX) {
        bytes @ ..1_000 => format!("{bytes} bytes"),
        bytes @ 1_000..1_000_000 => format!("{} kB", grouped(bytes / 1_000)),
        bytes => match bytes % 1_000_000 / 100_000 {
            0 => format!("{} MB", grouped(bytes / 1_000_000)),
            tenths => format!("{}.{tenths} MB", grouped(bytes / 1_000_000)),
        },
    }
}

/// Bytes that a text takes on a page, where some characters are written as several.
pub fn drawn(text: &str) -> usize {
    text.bytes().map(|byte| if matches!(byte, b'&' | b'<' | b'>' | b'"' | b'\'') { 6 } else { 1 }).sum()
}

/// How many of these begin a page that holds so many bytes: at least one.
pub fn fitting(sizes: impl Iterator<Item = usize>, most: usize) -> usize {
    let mut sum = 0_usize;
    let fit = sizes
        .take_while(|size| {
            sum = sum.saturating_add(*size);
            sum <= most
        })
        .count();
    fit.max(1)
}

/// How long to wait, for people, rounded up: `40 seconds`, `55 minutes`, `3 hours`.
pub fn lasting(seconds: u32) -> String {
    match seconds {
        0..=120 => counted(seconds.into(), "second", "seconds"),
        121..=7_200 => counted(seconds.div_ceil(60).into(), "minute", "minutes"),
        _ => counted(seconds.div_ceil(3_600).into(), "hour", "hours"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_stand_in_threes() {
        assert_eq!(
            (grouped(0), grouped(999), grouped(1_434), grouped(-8_577_000)),
            ("0".into(), "999".into(), "1,434".into(), "-8,577,000".into())
        );
        assert_eq!((counted(1, "case", "cases"), counted(105, "case", "cases")), ("1 case".into(), "105 cases".into()));
    }

    #[test]
    fn sizes_are_in_the_unit_that_fits() {
        let sizes = [(999, "999 bytes"), (1_000, "1 kB"), (999_999, "999 kB"), (25_000_000, "25 MB"), (1_234_567_890, "1,234.5 MB")];
        for (bytes, words) in sizes {
            assert_eq!(sized(bytes), words);
        }
    }

    #[test]
    fn a_wait_is_rounded_up_in_the_unit_that_fits() {
        let waits = [(1, "1 second"), (120, "120 seconds"), (121, "3 minutes"), (3_270, "55 minutes"), (7_201, "3 hours")];
        for (seconds, words) in waits {
            assert_eq!(lasting(seconds), words);
        }
    }
}
