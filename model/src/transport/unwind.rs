//! Panics are for the model to find.

/// Runs `body`.
pub fn catch<T>(body: impl FnOnce() -> T) -> Result<T, Box<dyn std::any::Any + Send>> {
    Ok(body())
}
