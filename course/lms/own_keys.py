"""This site's own key pairs: made when first asked for, published as a JWKS, turned over by a command."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from course.lms.logins import digest
from course.lms.models import Key

BITS = 2048
PUBLISHED_ON = timedelta(
    days=2
)  # so long a retired key is published: platforms keep what they read for a while


def published() -> dict[str, Any]:
    """The public halves of the keys that are in use or were lately."""
    recent = Q(retired_at__isnull=True) | Q(retired_at__gt=timezone.now() - PUBLISHED_ON)
    keys = list(Key.objects.filter(recent).order_by("pk")) or [make()]
    return {"keys": [_public(key) for key in keys]}


def current() -> Key:
    """The key for what is signed now."""
    return Key.objects.filter(retired_at__isnull=True).order_by("-pk").first() or make()


def make() -> Key:
    """A new pair."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = private.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return Key.objects.create(kid=digest(public.hex())[:16], private=pem.decode())


@transaction.atomic
def rotate() -> Key:
    """A new pair for what is signed from now on; the older ones are retired."""
    older = list(Key.objects.filter(retired_at__isnull=True).values_list("pk", flat=True))
    new = make()
    Key.objects.filter(pk__in=older).update(retired_at=timezone.now())
    return new


def _public(key: Key) -> dict[str, Any]:
    private = serialization.load_pem_private_key(key.private.encode(), password=None)
    if not isinstance(private, rsa.RSAPrivateKey):
        raise TypeError(f"The key {key.kid} is no RSA key")
    row = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(private.public_key()))
    return {"kty": row["kty"], "n": row["n"], "e": row["e"], "alg": "RS256", "use": "sig", "kid": key.kid}
