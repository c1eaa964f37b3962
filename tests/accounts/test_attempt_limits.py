"""How often one may try, with a clock that is passed in."""

import pytest

from hubbub.accounts.rate_limits import RateLimits
from hubbub.errors import RateLimited


def attempts(limits, **who):
    count = 0
    while True:
        try:
            limits.take("sign_in", **who)
        except RateLimited as refused:
            return count, refused.retry_after
        count += 1


def test_an_account_has_ten_attempts_and_then_one_every_half_minute(clock):
    limits = RateLimits(clock)
    assert attempts(limits, account="ada", address="192.0.2.1") == (10, 30)
    clock.passes(seconds=29)
    assert attempts(limits, account="ada", address="192.0.2.1") == (0, 1)
    clock.passes(seconds=1)
    assert attempts(limits, account="ada", address="192.0.2.1") == (1, 30)
    clock.passes(hours=1)
    assert attempts(limits, account="ada", address="192.0.2.1") == (10, 30)


def test_another_address_does_not_help_against_one_account(clock):
    limits = RateLimits(clock)
    attempts(limits, account="ada", address="192.0.2.1")
    assert attempts(limits, account="ada", address="192.0.2.2") == (0, 30)


def test_another_account_does_not_help_from_one_address(clock):
    limits = RateLimits(clock)
    tried = sum(attempts(limits, account=f"user{number}", address="192.0.2.1")[0] for number in range(20))
    assert tried == 50


def test_a_refused_attempt_counts_for_nothing(clock):
    limits = RateLimits(clock)
    attempts(limits, account="ada", address="192.0.2.1")
    for _ in range(1000):
        with pytest.raises(RateLimited):
            limits.take("sign_in", account="ada", address="192.0.2.1")
    assert attempts(limits, account="grace", address="192.0.2.1")[0] == 10


def test_a_success_is_given_back(clock):
    limits = RateLimits(clock)
    for _ in range(1000):
        limits.take("sign_in", account="ada", address="192.0.2.1")
        limits.give_back("sign_in", account="ada", address="192.0.2.1")
    assert attempts(limits, account="ada", address="192.0.2.1") == (10, 30)


def test_one_ipv6_network_is_one_address_and_a_mapped_one_is_its_ipv4(clock):
    limits = RateLimits(clock)
    tried = sum(attempts(limits, account=f"user{number}", address=f"2001:db8::{number:x}")[0] for number in range(20))
    assert tried == 50
    assert attempts(limits, account="other", address="2001:db8:0:1::1")[0] == 10
    for number in range(5):
        attempts(limits, account=f"mapped{number}", address="::ffff:192.0.2.7")
    assert attempts(limits, account="plain", address="192.0.2.7")[0] == 0


def test_actions_are_counted_apart(clock):
    limits = RateLimits(clock)
    attempts(limits, account="ada", address="192.0.2.1")
    limits.take("password", account="ada", address="192.0.2.1")
    with pytest.raises(RateLimited):
        limits.take("sign_in", account="ada", address="192.0.2.1")


def test_memory_is_bounded_however_many_try(clock):
    limits = RateLimits(clock, bucket_limit=100)
    for number in range(1000):
        limits.take("sign_in", account="a" * 10_000, address=f"host{number}" * 1000)
        clock.passes(seconds=60)
    assert len(limits) == 100


def test_a_clock_set_back_locks_nobody_out_for_longer_than_one_bucket(clock):
    limits = RateLimits(clock)
    attempts(limits, account="ada", address="192.0.2.1")
    clock.passes(days=-365)
    assert attempts(limits, account="ada", address="192.0.2.1") == (0, 30)
    clock.passes(seconds=300)
    assert attempts(limits, account="ada", address="192.0.2.1") == (10, 30)


def test_switched_off_nobody_is_held_up(clock):
    limits = RateLimits(clock, is_on=False)
    for _ in range(1000):
        limits.take("sign_in", account="ada", address="192.0.2.1")
    assert len(limits) == 0
