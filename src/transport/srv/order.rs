//! In which order to try servers: RFC 2782, "Priority" and "Weight". Pure; chance is an argument.

use super::answer::Record;

/// Puts records in the order in which to try them: by priority, and among equals by a draw in which a weight of 2 is twice
/// as likely to come first as one of 1. `random` gives numbers evenly spread over 32 bits.
///
/// A target of "." says that the service is decidedly not available: such records are left out.
pub fn order(mut records: Vec<Record>, mut random: impl FnMut() -> u32) -> Vec<Record> {
    records.retain(|record| !record.target.is_empty());
    // Weights of zero stand first in a draw, so that they have a small chance of being chosen.
    records.sort_by_key(|record| (record.priority, record.weight != 0));
    let mut ordered = Vec::with_capacity(records.len());
    for group in records.chunk_by(|a, b| a.priority == b.priority) {
        let mut group = group.to_vec();
        while !group.is_empty() {
            let sum: u64 = group.iter().map(|record| u64::from(record.weight)).sum();
            let drawn = (u64::from(random()) * (sum + 1)) >> 32;
            let mut running = 0;
            let chosen = group.iter().position(|record| {
                running += u64::from(record.weight);
                running >= drawn
            });
            ordered.push(group.remove(chosen.unwrap_or(0)));
        }
    }
    ordered
}
