//! The tables: rows of cells, and the escape form of texts that is explained at the top of each file.

use std::fmt;
use std::path::Path;

/// A file of rows.
pub struct Table {
    pub columns: Vec<String>,
    pub rows: Vec<Row>,
}

/// One line of a table.
pub struct Row {
    pub line: usize,
    cells: Vec<(String, String)>,
}

impl Table {
    /// Reads `tests/vectors/<file>.tsv`.
    pub fn read(file: &str) -> Table {
        let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
        let text = std::fs::read_to_string(dir.join(file).with_extension("tsv")).expect(file);
        let mut lines = text.lines().enumerate().filter(|(_, line)| !line.starts_with('#'));
        let (_, header) = lines.next().expect("a line that names the columns");
        let columns: Vec<String> = header.split('\t').map(String::from).collect();
        let row = |(n, line): (usize, &str)| {
            let cells: Vec<_> = line.split('\t').map(String::from).collect();
            assert_eq!(cells.len(), columns.len(), "{file}:{}", n + 1);
            Row { line: n + 1, cells: columns.iter().cloned().zip(cells).collect() }
        };
        let rows = lines.map(row).collect();
        Table { columns, rows }
    }

    /// Names, without the version, of the columns that say what the library of `version` answered.
    pub fn outputs(&self, version: &str) -> Vec<&str> {
        self.columns.iter().filter_map(|column| column.strip_suffix(version)).collect()
    }
}

impl Row {
    /// The cell of a column.
    pub fn cell(&self, column: &str) -> &str {
        let found = self.cells.iter().find(|(name, _)| name == column);
        &found.unwrap_or_else(|| panic!("no column {column}")).1
    }

    /// The cell of a column that holds a text; `None` is NULL.
    pub fn text(&self, column: &str) -> Option<Vec<u8>> {
        decode(self.cell(column))
    }

    /// The cell of a column that holds a number.
    pub fn number(&self, column: &str) -> i64 {
        self.cell(column).parse().unwrap_or_else(|_| panic!("{column}: not a number"))
    }

    /// Whether a column says 1.
    pub fn flag(&self, column: &str) -> bool {
        self.number(column) != 0
    }

    /// The cells of all columns that are not answers, as they stand.
    pub fn inputs(&self) -> Vec<&str> {
        let is_input = |column: &str| !column.ends_with("_2_1_2") && !column.ends_with("_2_0_11");
        self.cells
            .iter()
            .filter(|(name, _)| is_input(name))
            .map(|(_, cell)| cell.as_str())
            .collect()
    }
}

/// What a call answered, to be compared with a cell.
pub enum Answer {
    /// A number.
    Number(i64),
    /// A text, or NULL.
    Text(Option<Vec<u8>>),
    /// The call left the variable alone.
    Untouched,
    /// A word that stands for itself.
    Word(&'static str),
    /// Several answers in one cell with this between them; none are "-".
    Joined(char, Vec<Answer>),
}

impl Answer {
    /// Whether the cell says so.
    pub fn is(&self, cell: &str) -> bool {
        match self {
            Answer::Number(number) => cell.parse() == Ok(*number),
            Answer::Text(text) => cell != "-" && decode(cell) == *text,
            Answer::Untouched => cell == "-",
            Answer::Word(word) => cell == *word,
            Answer::Joined(_, answers) if answers.is_empty() => cell == "-",
            Answer::Joined(between, answers) => {
                let cells: Vec<_> = cell.split(*between).collect();
                cells.len() == answers.len()
                    && answers.iter().zip(cells).all(|(it, cell)| it.is(cell))
            }
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Answer::Number(number) => write!(f, "{number}"),
            Answer::Text(None) => f.write_str(r"\N"),
            Answer::Text(Some(text)) if text.len() > 100 => write!(f, "{} bytes", text.len()),
            Answer::Text(Some(text)) => write!(f, "\"{}\"", text.escape_ascii()),
            Answer::Untouched => f.write_str("-"),
            Answer::Word(word) => f.write_str(word),
            Answer::Joined(between, answers) => {
                answers.iter().try_for_each(|answer| write!(f, "{answer}{between}"))
            }
        }
    }
}

/// The text that a cell stands for; `None` is NULL.
pub fn decode(cell: &str) -> Option<Vec<u8>> {
    if cell == r"\N" {
        return None;
    }
    let mut text = Vec::new();
    let mut rest = cell;
    while let Some(at) = rest.find('\\') {
        text.extend_from_slice(&rest.as_bytes()[..at]);
        let kind = rest[at + 1..].chars().next().expect("something behind a backslash");
        rest = &rest[at + 2..];
        match kind {
            '\\' => text.push(b'\\'),
            'e' => {}
            'x' => {
                text.push(u8::from_str_radix(&rest[..2], 16).expect("two hexadecimal digits"));
                rest = &rest[2..];
            }
            'R' => {
                let (count, behind) = rest.split_once('{').expect("what is repeated");
                let (repeated, behind) = behind.split_once('}').expect("its end");
                let unit = decode(repeated).expect("a text");
                text.extend(unit.repeat(count.parse().expect("a number")));
                rest = behind;
            }
            other => panic!("\\{other} in {cell}"),
        }
    }
    text.extend_from_slice(rest.as_bytes());
    Some(text)
}
