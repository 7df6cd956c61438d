//! Words of texts and names, where only those say what something is about.

use super::Knowledge;
use super::load::{Loader, Table, entries, strings};

/// What words say.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Words {
    /// In a text: that something is the client's fault.
    Blame,
    /// In a text: that something has failed.
    Failure,
    /// In a name: that it is of something that is held for a while, and given back.
    Lock,
    /// As the first word of a name: that something that was held is given back.
    GiveBack,
    /// In the text of an `expect`: that it cannot happen.
    Certain,
    /// In a name: that the outcome is the same when it is done again.
    Repeatable,
    /// In a column's name: that it holds a secret.
    Credential,
    /// In a name or path: that something is there to delete.
    Deletion,
    /// As the last step of a route: that it says whether the service can do its work.
    Health,
    /// In a name or header: that it identifies a request.
    RequestId,
}

impl Words {
    /// All of them, with their names in the files.
    pub const ALL: [(&'static str, Words); 10] = [
        ("blame", Words::Blame),
        ("failure", Words::Failure),
        ("lock", Words::Lock),
        ("give_back", Words::GiveBack),
        ("certain", Words::Certain),
        ("repeatable", Words::Repeatable),
        ("credential", Words::Credential),
        ("deletion", Words::Deletion),
        ("health", Words::Health),
        ("request_id", Words::RequestId),
    ];
}

impl Knowledge {
    /// Whether a text, in lower case, has some of these words.
    pub fn text_says(&self, words: Words, text: &str) -> bool {
        self.words(words).any(|word| text.contains(word))
    }

    /// Whether this is one of these words.
    pub fn is_word(&self, words: Words, word: &str) -> bool {
        self.words(words).any(|it| it == word)
    }

    fn words(&self, words: Words) -> impl Iterator<Item = &str> {
        self.words.get(&words).into_iter().flatten().map(String::as_str)
    }
}

impl Loader {
    pub(super) fn define_words(&mut self, table: &Table<'_>) {
        for (key, value) in entries(table, "words") {
            match Words::ALL.iter().find(|(name, _)| name == key.get_ref()) {
                Some((_, words)) => self.knowledge.words.entry(*words).or_default().extend(strings(value)),
                None => {
                    let near = crate::nearest::nearest(key.get_ref(), Words::ALL.iter().map(|(name, _)| *name));
                    let help = near.map(|near| format!("did you mean `{near}`?"));
                    self.error(key.span(), format!("there are no words `{}`", key.get_ref()), help);
                }
            }
        }
    }
}
