"""Encryption: what opens what, that nothing is used twice, what sizes tell; passphrases that are refused."""

from __future__ import annotations

import base64
import gzip
import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from castsite.safety.encrypt import (
    BLOCK,
    ITERATIONS,
    Envelope,
    Group,
    close,
    decrypt,
    derive,
    disclose,
    encrypt,
    new_salt,
    pack,
    unpack,
)
from castsite.safety.passphrase import fault, generate

GROUP = Group(b"s" * 16, b"k" * 32)
PAGE = "zwzhnqx4xlmslxuslryvj6j6fnw72vru"


def test_what_is_encrypted_opens_with_its_group_for_its_page_alone() -> None:
    sealed = encrypt(b"plain", GROUP, PAGE)
    assert decrypt(sealed, GROUP, PAGE) == b"plain"
    assert decrypt(sealed, GROUP, "another") is None
    assert decrypt(sealed, Group(GROUP.salt, b"x" * 32), PAGE) is None
    assert decrypt(sealed, Group(b"t" * 16, GROUP.key), PAGE) is None


@pytest.mark.parametrize("part", ["header", "wrapping_iv", "wrapped_key", "iv"])
def test_a_changed_byte_anywhere_in_the_envelope_opens_nothing(part: str) -> None:
    sealed = encrypt(b"plain", GROUP, PAGE)
    value = getattr(sealed.envelope, part)
    for at in range(len(value)):
        changed = value[:at] + bytes([value[at] ^ 1]) + value[at + 1 :]
        assert decrypt(replace(sealed, envelope=replace(sealed.envelope, **{part: changed})), GROUP, PAGE) is None
        shorter = replace(sealed.envelope, **{part: value[:at]})
        assert decrypt(replace(sealed, envelope=shorter), GROUP, PAGE) is None


def test_a_changed_byte_of_the_ciphertext_opens_nothing() -> None:
    sealed = encrypt(b"plain", GROUP, PAGE)
    for at in range(len(sealed.ciphertext)):
        value = sealed.ciphertext
        changed = value[:at] + bytes([value[at] ^ 0x80]) + value[at + 1 :]
        assert decrypt(replace(sealed, ciphertext=changed), GROUP, PAGE) is None
        assert decrypt(replace(sealed, ciphertext=value[:at]), GROUP, PAGE) is None


def test_the_envelope_is_what_the_page_holds_and_its_header_says_how_it_is_opened() -> None:
    envelope = encrypt(b"plain", GROUP, PAGE).envelope
    written = json.loads(envelope.write())
    assert list(written) == ["h", "wiv", "wk", "iv"]
    assert json.loads(base64.b64decode(written["h"])) == {
        "v": 1,
        "alg": "A256GCM",
        "kdf": "PBKDF2-HMAC-SHA256",
        "iter": 1_000_000,
        "salt": base64.b64encode(GROUP.salt).decode(),
        "id": PAGE,
    }
    assert Envelope.read(envelope.write()) == envelope
    for wrong in ("", "[]", "{}", '{"h":"?","wiv":"","wk":"","iv":""}', '{"h":1,"wiv":"","wk":"","iv":""}'):
        assert Envelope.read(wrong) is None


def test_the_key_of_a_passphrase_is_pbkdf2_with_a_million_rounds_of_its_nfc_form() -> None:
    salt = new_salt()
    phrase = "Zoë’s Überkühlung 9"
    derived = derive(unicodedata.normalize("NFD", phrase), salt)
    assert (ITERATIONS, derived) == (1_000_000, derive(phrase, salt))
    assert phrase not in repr(derived)
    assert derived.key.hex() not in repr(derived)
    assert derived.derived("one") != derived.derived("two") != derived.key


def test_K07_ten_thousand_encryptions_use_no_initialisation_vector_and_no_key_twice() -> None:
    envelopes = [encrypt(b"", GROUP, PAGE).envelope for _ in range(10_000)]
    vectors = [value for one in envelopes for value in (one.iv, one.wrapping_iv)]
    assert len(set(vectors)) == 20_000
    assert len({one.wrapped_key for one in envelopes}) == 10_000


def test_K10_small_texts_have_files_of_one_size() -> None:
    texts = (b"x", bytes(range(256)) * 62 + b"y" * 128)
    assert [len(text) for text in texts] == [1, 16_000]
    sizes = {len(encrypt(pack(text), GROUP, PAGE).ciphertext) for text in texts}
    assert sizes == {BLOCK + 16}


@given(st.binary(max_size=40_000))
def test_what_is_packed_is_a_multiple_of_the_block_filled_with_zeros(data: bytes) -> None:
    packed = pack(data)
    size = int.from_bytes(packed[:4], "big")
    assert len(packed) % BLOCK == 0
    assert not packed[4 + size :].strip(b"\0")
    assert gzip.decompress(packed[4 : 4 + size]) == data == unpack(packed)
    assert packed == pack(data)


@pytest.mark.parametrize("damaged", [b"", b"abc", b"\0\0\0\x08notgzip!", b"\xff" * 40])
def test_what_was_not_packed_is_not_unpacked(damaged: bytes) -> None:
    assert unpack(damaged) is None


def test_what_castsite_keeps_for_itself_opens_under_its_own_name_alone() -> None:
    kept = close(b"value", GROUP.key, b"name")
    assert disclose(kept, GROUP.key, b"name") == b"value"
    assert disclose(kept, GROUP.key, b"other") is None
    assert disclose(kept[:5], GROUP.key, b"name") is None
    assert kept != close(b"value", GROUP.key, b"name")


@pytest.mark.parametrize(
    ("phrase", "reason"),
    [
        ("", "is empty"),
        (" " * 20, "is empty"),
        ("violet anchor", "has fewer than 14 characters"),
        ("correct horse battery staple", "is one of those that are tried first"),
        ("Correct-Horse-Battery-Staple!", "is one of those that are tried first"),
        ("ababababababababab", "is one of those that are tried first"),
        ("12345678901234", "is one of those that are tried first"),
        ("violet anchor 42", None),
        ("紫のいかり四十二号ツンドラの夜", None),
    ],
)
def test_K05_passphrases_that_would_be_guessed_are_refused(phrase: str, reason: str | None) -> None:
    assert fault(phrase) == reason


def test_a_passphrase_that_castsite_makes_is_accepted_and_never_the_same() -> None:
    made = {generate() for _ in range(200)}
    assert len(made) == 200
    assert {len(one.replace("-", "")) for one in made} == {16}
    assert [one for one in made if fault(one)] == []
