use std::collections::HashMap;

/// The words of a text, the most frequent first.
pub fn words(text: &str) -> Vec<(String, usize)> {
    let mut counts = HashMap::new();
    for word in text.split(|c: char| !c.is_alphanumeric()) {
        if !word.is_empty() {
            *counts.entry(word.to_lowercase()).or_insert(0) += 1;
        }
    }
    let mut list: Vec<_> = counts.into_iter().collect();
    list.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    list
}

#[test]
fn the_most_frequent_comes_first() {
    assert_eq!(words("a B b")[0], ("b".to_string(), 2));
}
