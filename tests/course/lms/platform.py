"""A platform for tests: its keys, the tokens that it signs, and a browser that goes through a sign-in."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from django.http import HttpResponse
from django.test import Client

from course.lms.claims import LTI

ISSUER, CLIENT_ID, DEPLOYMENT = "https://lms.example.org", "client-1", "7"
SITE = "http://testserver"
IN_COURSE = "http://purl.imsglobal.org/vocab/lis/v2/membership#"


@cache
def private_key(name: str = "first") -> rsa.RSAPrivateKey:
    """The platform's key with this name, the same for the whole run."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public_row(name: str = "first", **changes: Any) -> dict[str, Any]:
    """A key as a platform publishes it."""
    row = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(private_key(name).public_key()))
    shown = {part: row[part] for part in ("kty", "n", "e")}
    return {**shown, "kid": name, "use": "sig", "alg": "RS256"} | changes


def claims(nonce: str = "nonce", **changes: Any) -> dict[str, Any]:
    """The claims of a launch that holds; a change to None leaves one out, ``lti_x`` is LTI's claim x."""
    now = int(time.time())
    found = {
        "iss": ISSUER, "aud": CLIENT_ID, "sub": "person-1", "nonce": nonce, "iat": now, "exp": now + 60,
        "given_name": "Ada", "family_name": "Stone", "email": "ada@example.org",
        LTI + "version": "1.3.0",
        LTI + "message_type": "LtiResourceLinkRequest",
        LTI + "deployment_id": DEPLOYMENT,
        LTI + "target_link_uri": f"{SITE}/",
        LTI + "roles": [IN_COURSE + "Learner"],
        LTI + "context": {"id": "c-1", "title": "Deep learning"},
        LTI + "resource_link": {"id": "link-1"},
    }  # fmt: skip
    found |= {name.replace("lti_", LTI, 1): value for name, value in changes.items()}
    return {name: value for name, value in found.items() if value is not None}


def signed(payload: Mapping[str, Any], key: str = "first", **header: Any) -> str:
    """The token that the platform makes of claims."""
    return jwt.encode(dict(payload), private_key(key), algorithm="RS256", headers={"kid": key} | header)


@dataclass
class Tab:
    """A browser that comes from the platform; ``secrets`` is what the site sent along to it."""

    client: Client = field(default_factory=Client)
    secrets: dict[str, str] = field(default_factory=dict)

    def begin(self, method: str = "post", **changes: str) -> HttpResponse:
        """The first half: from the platform to the site, and with a state and a nonce back."""
        sent = {
            "iss": ISSUER,
            "login_hint": "9",
            "target_link_uri": f"{SITE}/",
            "client_id": CLIENT_ID,
        } | changes
        reply = getattr(self.client, method)(
            "/lti/login", {name: value for name, value in sent.items() if value}
        )
        if reply.status_code == 302:
            query = parse_qs(urlsplit(reply.headers["Location"]).query)
            self.secrets = {name: values[0] for name, values in query.items()}
        return reply

    def end(self, token: str | None = None, **changes: Any) -> HttpResponse:
        """The second half, with a token; without one, the claims of one that holds but for the changes."""
        token = signed(claims(self.secrets["nonce"], **changes)) if token is None else token
        return self.client.post("/lti/launch", {"state": self.secrets["state"], "id_token": token})

    def launch(self, **changes: Any) -> HttpResponse:
        """Both halves."""
        target = {"target_link_uri": changes[name]} if (name := "lti_target_link_uri") in changes else {}
        self.begin(**target)
        return self.end(**changes)
