//! Two outputs of a script, step by step: the differences that rules explain, and the first thing that nothing explains.

use crate::facts::Facts;
use crate::rules::{Case, explanation};
use crate::runner::Output;
use crate::script::Script;

/// What came of a comparison.
#[derive(Debug, Default)]
pub struct Verdict {
    /// Names of the rules that were needed.
    pub rules: Vec<&'static str>,
    /// What nobody expects, if anything.
    pub problem: Option<Problem>,
    /// Steps that were compared.
    pub steps: usize,
}

/// A step that cannot be explained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub step: usize,
    /// What one side printed: the distribution's library, or the standard.
    pub expected_by: &'static str,
    pub expected: Vec<String>,
    pub ours: Vec<String>,
}

/// Compares what the libraries printed, and ours with what the standard says of the server's packets.
pub fn compare(script: &Script, theirs: &Output, ours: &Output, doubted: Option<&str>) -> Verdict {
    let mut verdict = Verdict::default();
    let mut facts = Facts::new();
    for (step, line) in script.lines.iter().enumerate() {
        verdict.steps = step;
        let lines = |output: &Output| match output.steps.get(step) {
            Some(lines) if output.crashed && step + 1 == output.steps.len() => {
                [&lines[..], &["CRASH".to_owned()]].concat()
            }
            lines => lines.cloned().unwrap_or_default(),
        };
        let (their_lines, our_lines) = (lines(theirs), lines(ours));
        let before = facts.clone();
        let heard = facts.hear(line);
        if let Some(heard) = heard.as_ref().filter(|heard| !heard.hooked && !heard.releases)
            && heard.lines != our_lines
        {
            let (expected_by, expected) = ("the standard", heard.lines.clone());
            verdict.problem = Some(Problem { step, expected_by, expected, ours: our_lines });
            return verdict;
        }
        facts.learn(line, &our_lines);
        if their_lines == our_lines {
            continue;
        }
        let case = Case {
            line,
            facts: &before,
            after: &facts,
            heard: heard.as_ref(),
            theirs: &their_lines,
            ours: &our_lines,
            looks_inside: false,
        };
        let explanation = explanation(&case).filter(|explanation| {
            let doubt = |name: &str| doubted.is_some_and(|words| name.contains(words));
            !explanation.rules.iter().any(|rule| doubt(rule.name))
        });
        match explanation {
            Some(explanation) => {
                verdict.rules.extend(explanation.rules.iter().map(|rule| rule.name));
                if !explanation.goes_on {
                    return verdict;
                }
            }
            None => {
                let expected_by = "theirs";
                let expected = their_lines;
                verdict.problem = Some(Problem { step, expected_by, expected, ours: our_lines });
                return verdict;
            }
        }
    }
    verdict.steps = script.lines.len();
    verdict
}
