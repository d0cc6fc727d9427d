//! Makes a script that fails as small as it gets: steps go, words become simpler, bytes of the server's packets go.

use crate::script::Script;

/// Tries at most so many rounds; each is one run of many candidates.
const ROUNDS: usize = 40;

/// The smallest script found for which `fails` still holds. It is given many candidates at once and says which fail.
pub fn shrink(script: Script, fails: impl Fn(&[Script]) -> Vec<bool>) -> Script {
    let mut best = script;
    for _ in 0..ROUNDS {
        let candidates = simpler(&best);
        let verdicts = fails(&candidates);
        let Some(at) = verdicts.iter().position(|&fails| fails) else { break };
        best = candidates.into_iter().nth(at).expect("as many verdicts as candidates");
    }
    best
}

/// Simpler scripts, the boldest first.
fn simpler(script: &Script) -> Vec<Script> {
    let mut all = Vec::new();
    let count = script.lines.len();
    let mut size = count / 2;
    while size > 0 {
        for start in (1..count).step_by(size) {
            let end = (start + size).min(count);
            let lines = without(&script.lines, start, end);
            all.push(Script { lines });
        }
        size /= 2;
    }
    for (at, line) in script.lines.iter().enumerate() {
        for simpler in simpler_lines(line) {
            let mut lines = script.lines.clone();
            lines[at] = simpler;
            all.push(Script { lines });
        }
    }
    all
}

/// The lines without some; what the server says is about calls by their number, which may change.
fn without(lines: &[String], start: usize, end: usize) -> Vec<String> {
    let counts = |line: &&String| {
        ["publish ", "subscribe", "unsubscribe"].iter().any(|call| line.starts_with(call))
    };
    let before = lines[..start].iter().filter(counts).count();
    let gone = lines[start..end].iter().filter(counts).count();
    let kept = lines[..start].iter().chain(&lines[end..]);
    kept.filter_map(|line| renumbered(line, before, gone)).collect()
}

/// The line with its `{N}` for a script in which `gone` calls from the one numbered `before` on are missing; `None` if it
/// is about one of them.
fn renumbered(line: &str, before: usize, gone: usize) -> Option<String> {
    let Some((head, rest)) = line.split_once('{') else { return Some(line.to_owned()) };
    let (number, tail) = rest.split_once('}')?;
    let number: usize = number.parse().ok()?;
    let number = match number {
        number if number < before => number,
        number if number < before + gone => return None,
        number => number - gone,
    };
    Some(format!("{head}{{{number}}}{tail}"))
}

fn simpler_lines(line: &str) -> Vec<String> {
    let words: Vec<&str> = line.split(' ').collect();
    let mut all = Vec::new();
    if words[0] == "slowly" {
        all.push(line.replacen("slowly", "server", 1));
    }
    for at in 1..words.len() {
        let mut replace = |word: &str| {
            if word != words[at] {
                let mut words = words.clone();
                words[at] = word;
                all.push(words.join(" "));
            }
        };
        if words[at].contains('=') && words[at].len() > 1 {
            replace("-");
            let entries: Vec<&str> = words[at].split(',').collect();
            for skipped in 0..entries.len() {
                let kept: Vec<&str> = entries
                    .iter()
                    .enumerate()
                    .filter(|(at, _)| *at != skipped)
                    .map(|(_, it)| *it)
                    .collect();
                if !kept.is_empty() {
                    replace(&kept.join(","));
                }
            }
        } else if words[0] == "publish" || words[0] == "will" {
            match at {
                1 => replace("61"),
                2 => replace("-"),
                3 if words[at] == "2" => replace("1"),
                4 => replace("0"),
                5 => replace("."),
                _ => {}
            }
        } else if words[0] == "connect" && at == 1 {
            replace("60");
        } else if words[0] == "server" && at == 1 {
            shorter_packets(words[1]).iter().for_each(|packet| replace(packet));
        }
    }
    all
}

/// The packets with one left out, and the last one with a byte less.
fn shorter_packets(hex: &str) -> Vec<String> {
    let mut starts = vec![0];
    let mut at = 0;
    let bytes: Vec<&str> = pieces(hex);
    let len_of = |piece: &str| if piece.starts_with('{') { 2 } else { 1 };
    while let Some(len) = bytes.get(at + 1).and_then(|len| usize::from_str_radix(len, 16).ok()) {
        if len >= 0x80 {
            break;
        }
        let (mut left, mut next) = (len, at + 2);
        while left > 0 && next < bytes.len() {
            left = left.saturating_sub(len_of(bytes[next]));
            next += 1;
        }
        at = next;
        starts.push(at);
    }
    if starts.last() != Some(&bytes.len()) {
        starts.push(bytes.len());
    }
    let mut all = Vec::new();
    if starts.len() > 2 {
        for window in starts.windows(2) {
            all.push([&bytes[..window[0]], &bytes[window[1]..]].concat().concat());
        }
    }
    all
}

/// Bytes of a `server` line, `{N}` as one.
fn pieces(hex: &str) -> Vec<&str> {
    let mut all = Vec::new();
    let mut rest = hex;
    while !rest.is_empty() {
        let len =
            if rest.starts_with('{') { rest.find('}').map_or(rest.len(), |at| at + 1) } else { 2 };
        let (piece, behind) = rest.split_at(len.min(rest.len()));
        all.push(piece);
        rest = behind;
    }
    all
}
