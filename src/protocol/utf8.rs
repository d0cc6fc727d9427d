//! (stub)
use crate::error::Result;
/// stub
pub fn validate(_bytes: &[u8]) -> Result<()> {
    Ok(())
}
