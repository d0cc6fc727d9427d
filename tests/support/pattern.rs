//! Bytes written down as text, with wildcards, and a readable account of a mismatch.
//!
//! | text | means |
//! |---|---|
//! | `0a ff` | these bytes; spaces do not count |
//! | `??` | any one byte (patterns only) |
//! | `"abc"` | the bytes of the text |
//! | `s"abc"` | the same with its length as two bytes in front: an MQTT string |
//! | `61*300` | one byte, 300 times |
//! | `[ … ]` | what is inside, with its length as an MQTT variable byte integer in front |

use std::fmt::Write;

/// Bytes to compare with; `None` matches any byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern(pub Vec<Option<u8>>);

impl Pattern {
    /// Reads the notation above.
    pub fn parse(text: &str) -> Result<Pattern, String> {
        let mut chars = text.chars().peekable();
        let bytes = parse_sequence(&mut chars, false).map_err(|e| format!("{e} in {text:?}"))?;
        Ok(Pattern(bytes))
    }

    /// Number of bytes.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether `bytes` are what the pattern says, no more and no less.
    pub fn matches(&self, bytes: &[u8]) -> bool {
        self.len() == bytes.len() && self.starts_like(bytes)
    }

    /// Whether `bytes` could still become a match if more came.
    pub fn starts_like(&self, bytes: &[u8]) -> bool {
        bytes.len() <= self.len()
            && self.0.iter().zip(bytes).all(|(p, b)| p.is_none_or(|p| p == *b))
    }

    /// The bytes themselves; an error if there is a wildcard.
    pub fn exact(&self) -> Result<Vec<u8>, String> {
        self.0.iter().copied().collect::<Option<Vec<u8>>>().ok_or("?? cannot be sent".to_owned())
    }

    /// Expected and received bytes, one under the other, with a mark under the first difference.
    pub fn difference(&self, got: &[u8]) -> String {
        let at = (0..self.len().max(got.len()))
            .find(|&i| match (self.0.get(i), got.get(i)) {
                (Some(Some(p)), Some(b)) => p != b,
                (Some(None), Some(_)) => false,
                _ => true,
            })
            .unwrap_or(0);
        // A window around the difference: whole packets can be megabytes.
        let from = at.saturating_sub(24);
        let to = at + 24;
        let expected: Vec<_> = self.0.iter().skip(from).take(to - from).collect();
        let mut text = format!("first difference at byte {at}\n  expected ");
        for p in &expected {
            match p {
                Some(b) => write!(text, "{b:02x} "),
                None => write!(text, "?? "),
            }
            .expect("writing to a String");
        }
        write!(text, "({} bytes)\n  received ", self.len()).expect("writing to a String");
        for b in got.iter().skip(from).take(to - from) {
            write!(text, "{b:02x} ").expect("writing to a String");
        }
        let indent = " ".repeat(11 + (at - from) * 3);
        write!(text, "({} bytes)\n{indent}^^", got.len()).expect("writing to a String");
        text
    }
}

/// `bytes` as lower-case hex without spaces.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, b| {
        write!(text, "{b:02x}").expect("writing to a String");
        text
    })
}

type Chars<'a> = std::iter::Peekable<std::str::Chars<'a>>;

fn parse_sequence(chars: &mut Chars<'_>, nested: bool) -> Result<Vec<Option<u8>>, String> {
    let mut out = Vec::new();
    while let Some(c) = chars.next() {
        match c {
            ' ' | '\t' => {}
            ']' if nested => return Ok(out),
            '[' => {
                let inner = parse_sequence(chars, true)?;
                out.extend(variable_byte_integer(inner.len()).into_iter().map(Some));
                out.extend(inner);
            }
            '"' => out.extend(parse_text(chars)?.into_iter().map(Some)),
            's' if chars.next_if_eq(&'"').is_some() => {
                let text = parse_text(chars)?;
                let len = u16::try_from(text.len()).map_err(|e| e.to_string())?;
                out.extend(len.to_be_bytes().map(Some));
                out.extend(text.into_iter().map(Some));
            }
            '?' if chars.next_if_eq(&'?').is_some() => out.push(None),
            high if high.is_ascii_hexdigit() => {
                let low = chars.next().ok_or("half a byte")?;
                let byte = u8::from_str_radix(&format!("{high}{low}"), 16)
                    .map_err(|_| format!("{high}{low} is no byte"))?;
                let times = if chars.next_if_eq(&'*').is_some() { parse_number(chars)? } else { 1 };
                out.extend(std::iter::repeat_n(Some(byte), times));
            }
            other => return Err(format!("unexpected {other:?}")),
        }
    }
    if nested { Err("[ without ]".to_owned()) } else { Ok(out) }
}

fn parse_text(chars: &mut Chars<'_>) -> Result<Vec<u8>, String> {
    let mut text = String::new();
    loop {
        match chars.next() {
            Some('"') => return Ok(text.into_bytes()),
            Some(c) => text.push(c),
            None => return Err("text without end".to_owned()),
        }
    }
}

fn parse_number(chars: &mut Chars<'_>) -> Result<usize, String> {
    let mut digits = String::new();
    while let Some(d) = chars.next_if(char::is_ascii_digit) {
        digits.push(d);
    }
    digits.parse().map_err(|_| "* without a number".to_owned())
}

fn variable_byte_integer(mut value: usize) -> Vec<u8> {
    let mut out = Vec::new();
    loop {
        let byte = u8::try_from(value % 128).unwrap_or_default();
        value /= 128;
        out.push(if value > 0 { byte | 0x80 } else { byte });
        if value == 0 {
            return out;
        }
    }
}
