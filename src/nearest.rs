//! "Did you mean": the nearest of some names.

/// The name most like `word`, if one is near enough to be what was meant.
pub(crate) fn nearest<'a>(word: &str, names: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let score = |name: &&str| strsim::jaro_winkler(word, name);
    let best = names.into_iter().max_by(|a, b| score(a).total_cmp(&score(b)))?;
    (score(&best) > 0.7).then(|| best.to_owned())
}
