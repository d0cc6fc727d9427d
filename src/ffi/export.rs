//! Symbol versions, beside the function they belong to.

/// Puts the next function into a version node: `export!("mosquitto_new", "MOSQ_1.0");`
///
/// The assembler directive names the default version (`name@@NODE` once linked); `exports.map` declares the nodes. A
/// function without this line would leave the library unversioned without any warning, so `tests/abi.rs` reads the built
/// file.
macro_rules! export {
    ($name:literal, $node:literal) => {
        core::arch::global_asm!(concat!(".symver ", $name, ", ", $name, "@@@", $node));
    };
}

pub(crate) use export;
