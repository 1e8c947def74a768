"""Only what the platform signed with a published key is believed."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from course.lms.refusals import LaunchRefusedError, Reason
from course.lms.tokens import LONGEST, claims_of, keys_of
from tests.course.lms.platform import claims, private_key, public_row, signed


def _part(data: object) -> str:
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _unsigned() -> str:
    return f"{_part({'alg': 'none', 'kid': 'first'})}.{_part(claims())}."


def _with_our_public_key_as_secret() -> str:
    """The classic: HS256 with the public key, which everybody knows, as the secret."""
    public = private_key().public_key()
    pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    body = f"{_part({'alg': 'HS256', 'kid': 'first'})}.{_part(claims())}"
    return f"{body}.{_part(hmac.new(pem, body.encode(), hashlib.sha256).digest())}"


def _other_algorithm(name: str) -> Callable[[], str]:
    return lambda: jwt.encode(claims(), private_key(), algorithm=name, headers={"kid": "first"})


def _tampered() -> str:
    head, _body, signature = signed(claims()).split(".")
    return f"{head}.{_part(claims(sub='somebody-else'))}.{signature}"


def _brings(**header: Any) -> Callable[[], str]:
    return lambda: signed(claims(), **header)


def _without_key_id() -> str:
    return jwt.encode(claims(), private_key(), algorithm="RS256")


NUMBERED = {"alg": "RS256", "kid": 3}
BAD: dict[str, tuple[Callable[[], str], Reason]] = {
    "no signature": (_unsigned, Reason.ALGORITHM),
    "HS256 with our public key": (_with_our_public_key_as_secret, Reason.ALGORITHM),
    "RS512": (_other_algorithm("RS512"), Reason.ALGORITHM),
    "PS256": (_other_algorithm("PS256"), Reason.ALGORITHM),
    "no key id": (_without_key_id, Reason.NO_KEY_ID),
    "unknown key id": (_brings(kid="other"), Reason.UNKNOWN_KEY),
    "key id that is no text": (lambda: f"{_part(NUMBERED)}.{_part({})}.x", Reason.NOT_A_TOKEN),
    "forged with a known key id": (lambda: signed(claims(), "second", kid="first"), Reason.SIGNATURE),
    "brings a jwk": (_brings(jwk=public_row()), Reason.KEY_HEADER),
    "brings a jku": (_brings(jku="https://evil.example.org/keys"), Reason.KEY_HEADER),
    "brings an x5u": (_brings(x5u="https://evil.example.org/cert"), Reason.KEY_HEADER),
    "tampered with": (_tampered, Reason.SIGNATURE),
    "two parts": (lambda: signed(claims()).rpartition(".")[0], Reason.NOT_A_TOKEN),
    "four parts": (lambda: signed(claims()) + ".x", Reason.NOT_A_TOKEN),
    "five parts": (lambda: signed(claims()) + ".x.y", Reason.NOT_A_TOKEN),
    "seventy kilobytes": (lambda: signed(claims(note="x" * 70_000)), Reason.TOO_LONG),
    "no base64": (lambda: "!.!.!", Reason.NOT_A_TOKEN),
    "empty parts": (lambda: "..", Reason.NOT_A_TOKEN),
    "a header that is no object": (lambda: f"{_part([1])}.{_part({})}.x", Reason.NOT_A_TOKEN),
}


@pytest.mark.parametrize(("make", "reason"), BAD.values(), ids=BAD)
def test_a_token_that_proves_nothing_is_refused(make: Callable[[], str], reason: Reason) -> None:
    known = keys_of({"keys": [public_row()]})
    with pytest.raises(LaunchRefusedError) as refused:
        claims_of(make(), known.get)
    assert refused.value.reason is reason


def test_a_token_signed_by_the_platform_gives_its_claims() -> None:
    told = claims()
    assert claims_of(signed(told), keys_of({"keys": [public_row()]}).get) == told


def test_a_token_of_the_longest_length_is_read_to_its_end() -> None:
    short = signed(claims(note=""))
    token = signed(claims(note="x" * int((LONGEST - len(short)) * 3 / 4 - 8)))
    assert LONGEST - 40 < len(token) <= LONGEST
    assert claims_of(token, keys_of({"keys": [public_row()]}).get)["iss"]


def _short_row() -> dict[str, Any]:
    small = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    return json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(small.public_key())) | {"kid": "small", "use": "sig"}


NO_KEYS: dict[str, Callable[[], object]] = {
    "a shared secret": lambda: {"kty": "oct", "k": _part(b"secret"), "kid": "a"},
    "for encryption": lambda: public_row(use="enc"),
    "of another algorithm": lambda: public_row(alg="RS512"),
    "without an id": lambda: public_row(kid=None),
    "with an empty id": lambda: public_row(kid=""),
    "of no number": lambda: public_row(n="!"),
    "of nothing": lambda: {"kid": "a", "kty": "RSA"},
    "of 1024 bits": _short_row,
    "text": lambda: "text",
    "null": lambda: None,
}


@pytest.mark.parametrize("make", NO_KEYS.values(), ids=NO_KEYS)
def test_a_published_row_that_is_no_key_for_signatures_is_left_out(make: Callable[[], object]) -> None:
    assert set(keys_of({"keys": [make(), public_row()]})) == {"first"}


@pytest.mark.parametrize("published", [None, [], {}, {"keys": None}, {"keys": "x"}, {"keys": 3}, "x"])
def test_what_is_no_list_of_keys_has_none(published: object) -> None:
    assert keys_of(published) == {}
