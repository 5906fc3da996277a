//! The codes nearest to one without a document, for messages.

use std::cmp::Reverse;

use crate::content::{CodeId, CodeSystem};
use crate::library::imported::lookup::codes_with_prefix;
use crate::library::library::Library;

/// The most codes of a set that are compared.
const MAX_COMPARED: usize = 256;

impl Library {
    /// Returns up to `limit` codes with their titles: of documents and of imported sets, those with
    /// the smallest edit distance to a code, regardless of dots. `codes` is the code in every system
    /// in which it is valid; other systems are left out, but CPT and HCPCS count as one.
    pub fn nearest(&self, codes: &[CodeId], limit: usize) -> Vec<(CodeId, String)> {
        let Some(value) = codes.first().map(without_dot) else {
            return Vec::new();
        };
        let is_in_system = |code: &CodeId| codes.iter().any(|it| family(it) == family(code));
        let documents = self.entries.iter();
        let documents = documents.map(|entry| (entry.code.clone(), entry.title.clone()));
        let mut nearest: Vec<(CodeId, String)> =
            documents.filter(|(code, _)| is_in_system(code)).collect();
        for code in codes {
            let listed = self.nearest_in_sets(code, limit).into_iter();
            let others = listed.filter(|(code, _)| self.entry(code).is_none());
            nearest.extend(others.collect::<Vec<_>>());
        }
        // A stable sort: ties stay in the order of codes. Codes of one kind share their beginning.
        nearest.sort_by_cached_key(|(code, _)| {
            let other = without_dot(code);
            let pairs = || value.bytes().zip(other.bytes());
            let shared = pairs().take_while(|(a, b)| a == b).count();
            let gap = pairs().nth(shared).map_or(u8::MAX, |(a, b)| a.abs_diff(b));
            (strsim::osa_distance(&value, &other), Reverse(shared), gap)
        });
        nearest.truncate(limit);
        nearest
    }

    /// Returns the codes of imported sets that share the longest beginning with a code, of which at
    /// least `limit` are known.
    fn nearest_in_sets(&self, code: &CodeId, limit: usize) -> Vec<(CodeId, String)> {
        let value = without_dot(code);
        let mut found = Vec::new();
        for end in (1..=value.len()).rev() {
            found = codes_with_prefix(&self.sets, code.system(), &value[..end], MAX_COMPARED);
            if found.len() >= limit {
                break;
            }
        }
        found
    }
}

fn without_dot(code: &CodeId) -> String {
    code.value().replace('.', "")
}

/// The system of a code, and whether it is one of procedures.
fn family(code: &CodeId) -> (bool, Option<CodeSystem>) {
    let is_procedure = code.system().takes_modifiers();
    (is_procedure, (!is_procedure).then_some(code.system()))
}
