"""Key slots and recovery codes."""

import contextlib
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vault_samples import CHEAP, assert_declared, cuts, flips

from app.domain.errors import SealBrokenError, SignInError, VersionError
from app.vault.key_slot import STANDARD_COST, Argon2Cost, open_slot, seal_slot
from app.vault.recovery_code import ALPHABET, new_recovery_code, normal_form


def test_slot_opens_with_its_secret_alone():
    slot = seal_slot(b"u" * 32, "s\u00e9same", b"here", CHEAP)
    assert open_slot(slot, "se\u0301same", b"here") == b"u" * 32
    for secret, bound in (("sesame", b"here"), ("s\u00e9same", b"there"), ("", b"here")):
        with pytest.raises(SignInError):
            open_slot(slot, secret, bound)


def test_damaged_slot_is_a_declared_error(monkeypatch):
    """Argon2id is replaced by a plain hash here: what matters is that every byte is checked."""
    import hashlib

    def quick(secret, salt, cost):
        return contextlib.nullcontext(hashlib.sha256(repr((secret, salt, cost)).encode()).digest())

    monkeypatch.setattr("app.vault.key_slot._stretched", quick)
    slot = seal_slot(b"u" * 32, "secret", b"here", CHEAP)
    assert open_slot(slot, "secret", b"here") == b"u" * 32
    for bad in [*cuts(slot), *flips(slot), slot + b"\0"]:
        assert_declared(lambda bad=bad: open_slot(bad, "secret", b"here"))


@pytest.mark.parametrize(
    "cost",
    [(4_294_967_295, 3, 4), (104_857_600, 3, 4), (65_536, 65_535, 4), (65_536, 3, 255), (8, 1, 1), (65_536, 0, 0)],
)
def test_hostile_cost_is_refused_before_any_work(cost, monkeypatch):
    slot = bytearray(seal_slot(b"u" * 32, "secret", b"here", CHEAP))
    struct.pack_into(">IHB", slot, 6, *cost)
    monkeypatch.setattr("app.vault.key_slot._stretched", lambda *_: pytest.fail("the cost was accepted"))
    with pytest.raises(SealBrokenError):
        open_slot(bytes(slot), "secret", b"here")


def test_cost_below_the_floor_cannot_be_written():
    assert STANDARD_COST.allowed
    for cost in (Argon2Cost(1024, 3, 4), Argon2Cost(65_536, 1, 4)):
        with pytest.raises(ValueError, match="floor"):
            seal_slot(b"u" * 32, "secret", b"here", cost)


def test_unknown_version_of_slot():
    slot = bytearray(seal_slot(b"u" * 32, "secret", b"here", CHEAP))
    slot[4] = 2
    with pytest.raises(VersionError):
        open_slot(bytes(slot), "secret", b"here")


def test_recovery_codes_are_readable_and_differ():
    codes = {new_recovery_code() for _ in range(50)}
    assert len(codes) == 50
    for code in codes:
        assert [len(group) for group in code.split("-")] == [4] * 7
        assert normal_form(f"  {code.lower().replace('-', ' ')}\n") == code.replace("-", "")


def test_lookalikes_are_understood():
    code = next(c for c in iter(new_recovery_code, None) if "0" in c and "1" in c)
    assert normal_form(code.replace("0", "o").replace("1", "l")) == code.replace("-", "")


@given(st.integers(0, 27), st.sampled_from(ALPHABET))
def test_one_wrong_symbol_is_noticed(place, symbol):
    code = new_recovery_code().replace("-", "")
    wrong = code[:place] + symbol + code[place + 1 :]
    if wrong != code:
        with pytest.raises(SignInError, match="typing error"):
            normal_form(wrong)


@given(st.integers(0, 27), st.integers(0, 27))
def test_two_exchanged_symbols_are_noticed(a, b):
    code = list(new_recovery_code().replace("-", ""))
    right = "".join(code)
    code[a], code[b] = code[b], code[a]
    if "".join(code) != right:
        with pytest.raises(SignInError, match="typing error"):
            normal_form("".join(code))


@given(st.text(max_size=40))
def test_any_other_text_is_refused_or_is_a_code(text):
    with contextlib.suppress(SignInError):
        assert len(normal_form(text)) == 28
