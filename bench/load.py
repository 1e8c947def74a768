"""A load of requests on loopback, from one thread."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import cycle

from bench.site import CSRF, Site, Student

LIMIT = 60.0  # seconds after which a request counts as an error

Work = Callable[[Site, Student], Awaitable[int]]


@dataclass(frozen=True, slots=True)
class Answer:
    """How one request ended. Status 0: not at all."""

    status: int
    seconds: float

    @property
    def good(self) -> bool:
        """Whether the work was taken."""
        return 200 <= self.status < 400


async def _request(
    site: Site, student: Student, method: str, path: str, body: bytes = b""
) -> tuple[int, dict[str, str]]:
    """Status and headers of one answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{site.port}\r\nConnection: close\r\nX-Fragment: 1\r\n"
        f"Cookie: {student.cookie}\r\nX-CSRFToken: {CSRF}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    writer.write(head.encode() + body)
    answer = await reader.read()
    writer.close()
    lines = answer.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    return int(lines[0].split()[1]), dict(line.split(": ", 1) for line in lines[1:])


async def insert(site: Site, _student: Student) -> int:
    """Store one bare row."""
    return (await _request(site, site.bare, "POST", "/bench/insert", site.bare.row()))[0]


async def submit(site: Site, student: Student) -> int:
    """Hand one set of answers in; 202 where the verdict comes later."""
    return (await _request(site, student, "POST", f"{site.page}submit", student.form()))[0]


async def submit_to_verdict(site: Site, student: Student) -> int:
    """Hand one set of answers in and have its verdict; ask again when told to, as the page does."""
    status, headers = await _request(site, student, "POST", f"{site.page}submit", student.form())
    while status == 202:
        await asyncio.sleep(float(headers["Retry-After"]))
        status, headers = await _request(site, student, "GET", headers["Location"])
    return status


async def _timed(work: Work, site: Site, student: Student, delay: float) -> Answer:
    await asyncio.sleep(delay)
    start = time.perf_counter()
    try:
        status = await asyncio.wait_for(work(site, student), LIMIT)
    except (OSError, TimeoutError, IndexError, KeyError, ValueError):  # cut off, too late, or no HTTP
        status = 0
    return Answer(status, time.perf_counter() - start)


def at_pace(site: Site, work: Work, number: int, rate: float) -> list[Answer]:
    """So many requests, so many a second, whether or not the earlier ones are answered."""

    async def everyone() -> list[Answer]:
        students = cycle(site.students)
        return await asyncio.gather(
            *(_timed(work, site, next(students), index / rate) for index in range(number))
        )

    return asyncio.run(everyone())


def at_once(site: Site, work: Work, number: int) -> list[Answer]:
    """So many requests in the same moment."""
    return at_pace(site, work, number, float("inf"))
