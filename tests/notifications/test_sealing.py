"""What is pushed can be opened by one browser alone, exactly as the standard writes it."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from hubbub.notifications.sealing import seal, sealed_with
from hubbub.notifications.vapid import VapidKey, decoded, encoded

# The example in appendix A of RFC 8291.
OWN = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
BROWSER = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
SEALED = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_"
    "yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def test_the_example_of_the_standard_comes_out_to_the_byte():
    own = ec.derive_private_key(int.from_bytes(decoded(OWN)), ec.SECP256R1())
    sealed = sealed_with(own, decoded(SALT), b"When I grow up, I want to be a watermelon", decoded(BROWSER), decoded(AUTH))
    assert encoded(sealed) == SEALED


def test_the_same_words_are_sealed_differently_each_time():
    assert seal(b"hello", decoded(BROWSER), decoded(AUTH)) != seal(b"hello", decoded(BROWSER), decoded(AUTH))


def test_a_key_is_the_same_after_it_was_kept():
    key = VapidKey.made()
    assert VapidKey.kept(key.secret()).public == key.public
    assert VapidKey.made().public != key.public
    assert len(decoded(key.public)) == 65


@pytest.mark.parametrize("wrong", ["", "AAAA", "B" * 87])
def test_what_is_no_key_is_refused(wrong):
    with pytest.raises(ValueError):  # noqa: PT011 - the library's own words
        seal(b"hello", decoded(wrong), decoded(AUTH))
