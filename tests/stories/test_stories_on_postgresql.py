"""Some of the stories once more, on PostgreSQL: those that say most about what is written and read.

With HUBBUB_TEST_DATABASE=postgresql all of them play there.
"""

import pytest
from test_coming_back import (  # noqa: F401
    test_nothing_is_missed_while_one_is_coming_back,
    test_who_missed_more_is_told_and_goes_on_from_the_cursor,
)
from test_conversations import (  # noqa: F401
    test_everybody_sees_a_burst_in_one_order,
    test_repeated_sends_in_one_burst_make_one_message,
)
from test_direct_rooms import test_two_who_open_it_at_once_make_one_room  # noqa: F401
from test_editing_and_deleting import test_the_words_of_a_deleted_message_leave_the_log  # noqa: F401
from test_pages import room, test_a_page_has_exact_cursors, test_paging_to_either_end_gives_everything_once  # noqa: F401
from test_pins_and_bookmarks import test_two_who_pin_at_once_pin_once  # noqa: F401
from test_reactions import test_all_who_react_at_once_are_counted  # noqa: F401
from test_replies_and_threads import test_many_who_reply_at_once_are_all_counted  # noqa: F401
from test_rooms_and_members import (  # noqa: F401
    test_people_come_and_go_while_everybody_talks,
    test_public_rooms_have_names_of_their_own_and_private_ones_tell_nobody,
)

pytestmark = pytest.mark.anyio

DATABASE = "postgresql"
