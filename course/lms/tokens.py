"""Is this id_token signed by the platform? Pure: a token and keys in, claims out.

Only RS256 with a key that the platform publishes under the token's own ``kid`` counts (IMS Security
Framework 1.1, sections 5.1.2 and 5.1.3). What a token says about its own key (``jwk``, ``jku``, ``x5u`` ...)
is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from course.lms.refusals import LaunchRefusedError, Reason

LONGEST = 64 * 1024  # characters of a token
ALGORITHM = "RS256"
FEWEST_BITS = 2048
BRINGS_KEY = {"jwk", "jku", "x5u", "x5c", "crit"}
Claims = dict[str, Any]
Keys = Mapping[str, RSAPublicKey]


def claims_of(token: str, key_of: Callable[[str], RSAPublicKey | None]) -> Claims:
    """The claims of a token, its signature checked and nothing else; raises LaunchRefusedError.

    ``key_of`` gives the platform's key with an id, or None.
    """
    if len(token) > LONGEST:
        raise LaunchRefusedError(Reason.TOO_LONG, f"{len(token)} characters")
    if token.count(".") != 2:
        raise LaunchRefusedError(Reason.NOT_A_TOKEN, f"{token.count('.') + 1} parts")
    key = key_of(_key_id(token))
    if key is None:
        raise LaunchRefusedError(Reason.UNKNOWN_KEY)
    try:
        return dict(jwt.decode(token, key, algorithms=[ALGORITHM], options=SIGNATURE_ONLY))
    except jwt.InvalidSignatureError:
        raise LaunchRefusedError(Reason.SIGNATURE) from None
    except jwt.PyJWTError as error:
        raise LaunchRefusedError(Reason.NOT_A_TOKEN, str(error)) from None


SIGNATURE_ONLY: Any = {
    "verify_signature": True,
    **dict.fromkeys(
        ("verify_exp", "verify_nbf", "verify_iat", "verify_aud", "verify_iss", "verify_sub", "verify_jti"),
        False,
    ),
}  # the claims are looked at in claims.py, each with a reason of its own


def _key_id(token: str) -> str:
    try:
        header = jwt.get_unverified_header(token)
    except jwt.PyJWTError as error:
        raise LaunchRefusedError(Reason.NOT_A_TOKEN, str(error)) from None
    if header.get("alg") != ALGORITHM:
        raise LaunchRefusedError(Reason.ALGORITHM, str(header.get("alg"))[:20])
    if brought := BRINGS_KEY & header.keys():
        raise LaunchRefusedError(Reason.KEY_HEADER, ", ".join(sorted(brought)))
    kid = header.get("kid")
    if not isinstance(kid, str) or not kid:
        raise LaunchRefusedError(Reason.NO_KEY_ID)
    return kid


def keys_of(published: object) -> dict[str, RSAPublicKey]:
    """The keys for signatures among what a platform publishes, by id; what is no such key is left out."""
    rows = published.get("keys") if isinstance(published, dict) else None
    found = {}
    for row in rows if isinstance(rows, Sequence) and not isinstance(rows, str) else ():
        if isinstance(row, dict) and (key := _rsa(row)) is not None:
            found[str(row["kid"])] = key
    return found


def _rsa(row: Claims) -> RSAPublicKey | None:
    named = isinstance(row.get("kid"), str) and row["kid"]
    if (
        not named
        or row.get("kty") != "RSA"
        or row.get("use", "sig") != "sig"
        or row.get("alg", ALGORITHM) != ALGORITHM
    ):
        return None
    try:
        key = jwt.PyJWK.from_dict(row, algorithm=ALGORITHM).key
    except (jwt.PyJWTError, ValueError, TypeError):
        return None
    return key if isinstance(key, RSAPublicKey) and key.key_size >= FEWEST_BITS else None
