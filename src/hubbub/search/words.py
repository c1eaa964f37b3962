"""Words as search compares them: without case, accents or punctuation, the same for what is kept and what is asked."""

import re
import unicodedata

WORD_LENGTH = 64

_WORD = re.compile(r"[^\W_]+")
# Scripts that put no spaces between words: each character is a word, and a row of them is found as a phrase.
_SPACELESS = re.compile(
    "([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])"
)


def words_of(text: str) -> list[str]:
    """The words of a text, in their order."""
    plain = "".join(character for character in unicodedata.normalize("NFKD", text) if unicodedata.category(character) != "Mn")
    folded = unicodedata.normalize("NFC", plain.casefold())
    return [word[:WORD_LENGTH] for word in _WORD.findall(_SPACELESS.sub(r" \1 ", folded))]
