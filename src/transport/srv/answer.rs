//! The SRV records in an answer of the domain name system: RFC 1035 section 4.1, RFC 2782. Pure, and distrustful: a server
//! or whoever poses as one can put anything into it.

/// A server that offers the service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Lower comes first.
    pub priority: u16,
    /// Share among equals.
    pub weight: u16,
    /// Where the service is.
    pub port: u16,
    /// Name of the host, without the dot at its end; empty if the service is not available at all.
    pub target: Vec<u8>,
}

/// The answer is not what an answer looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Malformed;

const HEADER: usize = 12;
/// Type and class of a question.
const QUESTION_TAIL: usize = 4;
const RESPONSE: u16 = 0x8000;
const RCODE: u16 = 0x000f;
const TYPE_SRV: u16 = 33;
const CLASS_INTERNET: u16 = 1;
/// Priority, weight and port.
const SRV_HEAD: usize = 6;
/// A name on the wire.
const MAX_NAME: usize = 255;
/// The two upper bits of a length byte.
const POINTER: u8 = 0xc0;

/// The SRV records of the answer section, in its order. Records of other types are passed over, and so are such whose
/// target cannot be the name of a host.
pub fn parse(message: &[u8]) -> Result<Vec<Record>, Malformed> {
    let mut reader = Reader { message, at: 0 };
    reader.skip(2)?;
    let flags = reader.number()?;
    let (questions, answers) = (reader.number()?, reader.number()?);
    reader.at = HEADER;
    if flags & RESPONSE == 0 || flags & RCODE != 0 {
        return Err(Malformed);
    }
    for _ in 0..questions {
        reader.skip_name()?;
        reader.skip(QUESTION_TAIL)?;
    }
    let mut records = Vec::new();
    for _ in 0..answers {
        reader.skip_name()?;
        let (kind, class) = (reader.number()?, reader.number()?);
        reader.skip(4)?;
        let length = usize::from(reader.number()?);
        let data = reader.at;
        reader.skip(length)?;
        if (kind, class) == (TYPE_SRV, CLASS_INTERNET) {
            let mut data = Reader { message, at: data };
            let (priority, weight, port) = (data.number()?, data.number()?, data.number()?);
            let (target, end) = data.name()?;
            if length <= SRV_HEAD || end != reader.at {
                return Err(Malformed);
            }
            records.extend(target.map(|target| Record { priority, weight, port, target }));
        }
    }
    Ok(records)
}

struct Reader<'a> {
    message: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], Malformed> {
        let bytes = self.message.get(self.at..).and_then(|rest| rest.get(..count));
        self.at += count;
        bytes.ok_or(Malformed)
    }

    fn skip(&mut self, count: usize) -> Result<(), Malformed> {
        self.take(count).map(|_| ())
    }

    fn number(&mut self) -> Result<u16, Malformed> {
        let bytes = self.take(2)?;
        Ok(bytes.iter().fold(0, |number, &byte| number << 8 | u16::from(byte)))
    }

    fn byte(&mut self) -> Result<u8, Malformed> {
        self.take(1)?.first().copied().ok_or(Malformed)
    }

    /// Goes behind a name without looking at what pointers point to.
    fn skip_name(&mut self) -> Result<(), Malformed> {
        loop {
            match self.byte()? {
                0 => return Ok(()),
                length if length & POINTER == 0 => self.skip(usize::from(length))?,
                pointer if pointer & POINTER == POINTER => return self.skip(1),
                _ => return Err(Malformed),
            }
        }
    }

    /// A name with dots, `None` if it cannot be that of a host, and where it ends.
    ///
    /// Each pointer has to point to before everything read so far, which is where a sender can have put the name; so there
    /// is no going round in circles.
    fn name(mut self) -> Result<(Option<Vec<u8>>, usize), Malformed> {
        let (mut name, mut good) = (Vec::new(), true);
        let (mut start, mut end, mut length_on_wire) = (self.at, None, 0);
        loop {
            let at = self.at;
            let length = self.byte()?;
            match length & POINTER {
                0 => {
                    let label = self.take(usize::from(length))?;
                    length_on_wire += 1 + label.len();
                    if length_on_wire > MAX_NAME {
                        return Err(Malformed);
                    }
                    if label.is_empty() {
                        return Ok((Some(name).filter(|_| good), end.unwrap_or(self.at)));
                    }
                    good &= label.iter().all(|byte| byte.is_ascii_graphic() && *byte != b'.');
                    if !name.is_empty() {
                        name.push(b'.');
                    }
                    name.extend_from_slice(label);
                }
                POINTER => {
                    let low = self.byte()?;
                    end.get_or_insert(self.at);
                    let to = usize::from(length & !POINTER) << 8 | usize::from(low);
                    if to >= start.min(at) {
                        return Err(Malformed);
                    }
                    start = to;
                    self.at = to;
                }
                _ => return Err(Malformed),
            }
        }
    }
}
