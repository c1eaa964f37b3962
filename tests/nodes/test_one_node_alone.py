"""On one node nothing of this runs."""

from hubbub import Hubbub, Settings
from hubbub.realtime.elsewhere import Nowhere


def test_a_chat_on_the_embedded_database_has_no_neighbours_and_asks_nobody(tmp_path):
    chat = Hubbub(Settings(data=tmp_path))
    assert chat._neighbours is None
    assert isinstance(chat.hub.elsewhere, Nowhere)
