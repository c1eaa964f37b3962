"""What a search means, from what was written."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.search.query import TERMS, Term, read_query
from hubbub.search.words import WORD_LENGTH, words_of


def day(text):
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Hello, World!", ["hello", "world"]),
        ("caf\u00e9 CAFE\u0301 cafe", ["cafe", "cafe", "cafe"]),
        ("Stra\u00dfe STRASSE", ["strasse", "strasse"]),
        (
            "\u0391\u03b8\u03ae\u03bd\u03b1 \u039c\u043e\u0441\u043a\u0432\u0430",
            ["\u03b1\u03b8\u03b7\u03bd\u03b1", "\u03bc\u043e\u0441\u043a\u0432\u0430"],
        ),
        ("\u6771\u4eac\u90fd", ["\u6771", "\u4eac", "\u90fd"]),
        ("\uff76\uff9e\uff9d\uff80\uff9e\uff91", list("\u30ab\u30f3\u30bf\u30e0")),
        ("\ud55c\uad6d\uc5b4", ["\ud55c\uad6d\uc5b4"]),
        ("snake_case v2.0 a-b", ["snake", "case", "v2", "0", "a", "b"]),
        ("\U0001f600 \u202e \x00 ...", []),
        ("x" * 5000, ["x" * WORD_LENGTH]),
    ],
)
def test_words_are_compared_without_case_accents_and_punctuation(text, words):
    assert words_of(text) == words


def test_words_may_begin_what_is_found_and_phrases_stand_as_they_are():
    assert read_query('tea "for Two" cup').terms == [Term(("tea",), True), Term(("for", "two"), False), Term(("cup",), True)]
    assert read_query("wi-fi").terms == [Term(("wi", "fi"), True)]
    assert read_query("a \u6771").terms == [Term(("a",), False), Term(("\u6771",), True)]
    assert read_query('"never closed').terms == [Term(("never", "closed"), False)]


def test_operators_narrow_the_search():
    query = read_query('from:ada from:"Grace Hopper" in:#kitchen before:2031-05-02 after:2031-04-30 has:links HAS:file tea')
    assert (query.authors, query.rooms, query.has) == (["ada", "Grace Hopper"], ["kitchen"], {"link", "file"})
    assert (query.after, query.before) == (day("2031-05-01"), day("2031-05-02"))
    assert query.terms == [Term(("tea",), True)]


def test_of_several_days_the_narrowest_count():
    query = read_query("before:2031-05-02 before:2031-05-01 after:2031-01-01 after:2031-02-01")
    assert (query.after, query.before) == (day("2031-02-02"), day("2031-05-01"))


@pytest.mark.parametrize("text", ["before:tomorrow", "has:cake", "from:", 'in:""', "before:2031-02-30", "after:9999-99-99"])
def test_what_is_no_operator_after_all_is_words(text):
    query = read_query(text)
    assert (query.authors, query.rooms, query.has, query.before, query.after) == ([], [], set(), None, None)
    assert [word for term in query.terms for word in term.words] == words_of(text)


def test_more_words_than_anybody_needs_are_left_out():
    assert len(read_query("a " * 1000).terms) == TERMS
    assert len(read_query("from:a " * 1000).authors) == TERMS


@given(st.text())
def test_nothing_that_can_be_written_is_an_error(text):
    query = read_query(text)
    assert all(term.words and all(word.isalnum() or not word.isascii() for word in term.words) for term in query.terms)
