"""Reading a platform's keys over the wire, and publishing our own."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.core.management import call_command
from django.test import Client

from course.lms import keys, own_keys
from course.lms.models import Key
from course.lms.tokens import keys_of
from course.lms.wire import UnreachableError

ANSWERS = {
    "/keys": (200, json.dumps({"keys": []}).encode()),
    "/html": (404, b"<html>not here</html>"),
    "/text": (200, b"not json"),
    "/list": (200, b"[]"),
    "/large": (200, b'{"keys": "' + b"x" * 2_200_000 + b'"}'),
    "/moved": (302, b""),
}


class _Platform(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        status, body = ANSWERS[self.path]
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/keys")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_anything: object) -> None:
        """Quiet."""


@pytest.fixture
def address() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), _Platform)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_keys_are_read_from_their_address(address: str) -> None:
    assert keys.read(f"{address}/keys") == {"keys": []}


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/html", "answers 404"),
        ("/text", "is no JSON object"),
        ("/list", "is no JSON object"),
        ("/large", "is no JSON object"),
        ("/moved", "answers 302"),
    ],
)
def test_what_is_no_set_of_keys_is_refused_in_words(address: str, path: str, words: str) -> None:
    with pytest.raises(UnreachableError, match=words):
        keys.read(address + path)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://127.0.0.1/keys", "http://127.0.0.1:1/keys"])
def test_an_address_that_cannot_be_read_is_an_error_in_words(url: str) -> None:
    with pytest.raises(UnreachableError, match=r"."):
        keys.read(url)


def test_our_own_keys_are_published_without_their_secret_half(db: None) -> None:
    [row] = Client().get("/lti/keys.json").json()["keys"]
    assert set(row) == {"kty", "n", "e", "alg", "use", "kid"}
    assert set(keys_of({"keys": [row]})) == {row["kid"]}
    assert Client().get("/lti/keys.json").json()["keys"] == [row]


def test_a_turned_over_key_is_published_on_beside_the_new_one(db: None) -> None:
    own_keys.published()
    call_command("lms_keys", rotate=True, verbosity=0)
    rows = Client().get("/lti/keys.json").json()["keys"]
    assert len(rows) == 2
    assert Key.objects.filter(retired_at__isnull=True).count() == 1


def test_a_key_retired_for_long_is_published_no_more(db: None) -> None:
    old = own_keys.make()
    new = own_keys.rotate()
    Key.objects.filter(pk=old.pk).update(retired_at="2020-01-01T00:00:00Z")
    assert [row["kid"] for row in own_keys.published()["keys"]] == [new.kid]


def test_a_dry_run_makes_no_key(db: None) -> None:
    call_command("lms_keys", rotate=True, dry_run=True, verbosity=0)
    assert not Key.objects.exists()
