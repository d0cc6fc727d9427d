//! What the headers have to declare: the functions of `tests/vectors/symbols.tsv`, the constants of `constants.tsv`.

use std::fs;

use super::root;

/// A function that the library exports.
pub struct Function {
    pub name: String,
    /// C type.
    pub returns: String,
    /// C declarations.
    pub parameters: String,
    /// The header of 2.1 that declares it.
    pub header: String,
    /// Whether 2.0.11 has it.
    pub in_2_0: bool,
}

/// A constant, with C expressions.
pub struct Constant {
    pub name: String,
    pub value: String,
    /// `None` if 2.0.11 does not have it, or need not have the same.
    pub value_2_0: Option<String>,
}

/// All 126 functions of the original.
pub fn functions() -> Vec<Function> {
    let functions = rows("symbols.tsv").into_iter().map(|row| {
        let [name, _node, returns, parameters, header, _family, in_2_0, ..] = &row[..] else {
            panic!("symbols.tsv: {row:?}");
        };
        Function {
            name: name.clone(),
            returns: returns.clone(),
            parameters: parameters.clone(),
            header: header.clone(),
            in_2_0: in_2_0 == "yes",
        }
    });
    let functions: Vec<_> = functions.collect();
    assert_eq!(functions.len(), 126);
    functions
}

/// All constants.
pub fn constants() -> Vec<Constant> {
    let constants = rows("constants.tsv").into_iter().map(|row| {
        let [name, value, old] = &row[..] else { panic!("constants.tsv: {row:?}") };
        let value_2_0 = (old != "-").then(|| old.clone());
        Constant { name: name.clone(), value: value.clone(), value_2_0 }
    });
    constants.collect()
}

fn rows(file: &str) -> Vec<Vec<String>> {
    let path = root().join("tests/vectors").join(file);
    let text = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let lines = text.lines().filter(|line| !line.starts_with('#')).skip(1);
    lines.map(|line| line.split('\t').map(str::to_owned).collect()).collect()
}
