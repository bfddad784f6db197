"""Codes of an authenticator app: published vectors, drift, single use, and what is offered to the app."""

import base64
import urllib.parse
import xml.etree.ElementTree as ET

import pytest
from key_store_doubles import code_at

from app.domain.errors import SecondFactorWrongError
from app.vault.unlocking.second_factor import DRIFT, SECRET, STEP, accepted_step, new_secret, offer

RFC_SECRET = b"12345678901234567890"
NOW = 1_800_000_015.0
PRESENT = int(NOW) // STEP

# RFC 6238, appendix B, SHA-1, the last six of its eight digits.
RFC_VECTORS = [
    (59, "287082"),
    (1_111_111_109, "081804"),
    (1_111_111_111, "050471"),
    (1_234_567_890, "005924"),
    (2_000_000_000, "279037"),
    (20_000_000_000, "353130"),
]


@pytest.mark.parametrize(("moment", "code"), RFC_VECTORS)
def test_published_codes_are_accepted(moment, code):
    assert accepted_step(RFC_SECRET, code, float(moment), -1) == moment // STEP


@pytest.mark.parametrize("off", range(-3, 4))
def test_one_step_of_drift_either_side(off):
    code = code_at(RFC_SECRET, NOW + off * STEP)
    if abs(off) <= DRIFT:
        assert accepted_step(RFC_SECRET, code, NOW, -1) == PRESENT + off
    else:
        with pytest.raises(SecondFactorWrongError):
            accepted_step(RFC_SECRET, code, NOW, -1)


@pytest.mark.parametrize("last", [PRESENT - 1, PRESENT, PRESENT + 1])
def test_no_step_is_accepted_again_nor_one_before_it(last):
    for step in range(PRESENT - 1, PRESENT + 2):
        code = code_at(RFC_SECRET, step * STEP)
        if step <= last:
            with pytest.raises(SecondFactorWrongError):
                accepted_step(RFC_SECRET, code, NOW, last)
        else:
            assert accepted_step(RFC_SECRET, code, NOW, last) == step


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "²²²²²²", "-12345", "0x1234", "\0" * 6])
def test_what_is_no_code_is_refused(typed):
    with pytest.raises(SecondFactorWrongError) as caught:
        accepted_step(RFC_SECRET, typed, NOW, -1)
    assert "clock" in caught.value.remedy


def test_spaces_as_the_app_shows_them_do_not_matter():
    code = code_at(RFC_SECRET, NOW)
    assert accepted_step(RFC_SECRET, f" {code[:3]} {code[3:]}\n", NOW, -1) == PRESENT


def test_clock_before_the_first_step_is_no_bug():
    with pytest.raises(SecondFactorWrongError):
        accepted_step(RFC_SECRET, "123456", 0.0, -1)


def test_offer_holds_the_same_key_in_every_form():
    secret = new_secret()
    assert len(secret) == SECRET == 20
    made = offer(secret, "Åsa Ek: MD")
    address = urllib.parse.urlsplit(made.uri)
    values = urllib.parse.parse_qs(address.query)
    assert (address.scheme, address.netloc) == ("otpauth", "totp")
    assert urllib.parse.unquote(address.path) == "/Anamnesis:Åsa Ek: MD"
    assert values == {
        "digits": ["6"], "period": ["30"], "algorithm": ["SHA1"], "issuer": ["Anamnesis"],
        "secret": [base64.b32encode(secret).decode()],
    }  # fmt: skip
    assert base64.b32decode(made.key_text.replace(" ", "")) == secret
    assert ET.fromstring(made.svg).tag.endswith("svg")  # noqa: S314 - drawn by ourselves just now
    assert len({len(row) for row in made.modules}) == 1
    assert made.modules[0][:8] == (True,) * 7 + (False,)
    assert made.key_text[:9] not in repr(made)
