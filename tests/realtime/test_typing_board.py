"""Who is typing where: news when somebody begins, stops or pauses, and nothing kept."""

from hubbub.realtime.typing_board import TYPING_SECONDS, TypingBoard


def test_only_the_first_of_many_keystrokes_is_news():
    board = TypingBoard()

    assert board.typed("lobby", "1", "ada", 0.0)
    assert not board.typed("lobby", "1", "ada", 3.0)
    assert board.typed("lobby", "2", "grace", 3.0)
    assert board.typed("kitchen", "1", "ada", 3.0)
    assert board.typers("lobby") == {"1": "ada", "2": "grace"}


def test_a_pause_is_news_once():
    board = TypingBoard()
    board.typed("lobby", "1", "ada", 0.0)
    board.typed("lobby", "2", "grace", 1.0)

    assert list(board.expire(TYPING_SECONDS - 0.1)) == []
    assert list(board.expire(TYPING_SECONDS)) == [("lobby", "1")]
    assert list(board.expire(TYPING_SECONDS)) == []
    assert board.typers("lobby") == {"2": "grace"}


def test_typing_on_puts_the_pause_off():
    board = TypingBoard()
    board.typed("lobby", "1", "ada", 0.0)
    board.typed("lobby", "1", "ada", 3.0)

    assert list(board.expire(TYPING_SECONDS)) == []
    assert list(board.expire(3.0 + TYPING_SECONDS)) == [("lobby", "1")]


def test_stopping_is_news_only_of_somebody_who_typed():
    board = TypingBoard()
    board.typed("lobby", "1", "ada", 0.0)

    assert not board.stopped("lobby", "2")
    assert not board.stopped("kitchen", "1")
    assert board.stopped("lobby", "1")
    assert not board.stopped("lobby", "1")


def test_nothing_is_kept_of_a_room_where_nobody_types():
    board = TypingBoard()
    assert not board

    board.typed("lobby", "1", "ada", 0.0)
    assert board
    board.stopped("lobby", "1")

    assert not board
    assert board.typers("lobby") == {}
