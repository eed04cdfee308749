"""Ideas that questions about goods turn on, with the words that name them in English and Chinese. Data, no rules.

Invariant: an idea's words are what a buyer would type, in the languages Tuan speaks; a word names one idea.
"""

_IDEAS: dict[str, str] = {
    "sweet": "sweet sweetness sugary 甜 甜度",
}

IDEAS: dict[str, str] = {word: idea for idea, words in _IDEAS.items() for word in words.split()}
STOP_WORDS: frozenset[str] = frozenset(["a", "an", "the", "is", "are", "it", "they"])
STOP_HAN: frozenset[str] = frozenset(["吗", "呢", "的", "是", "什么"])
