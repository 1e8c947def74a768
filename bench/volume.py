"""``python -m bench.volume``: how fast the pages of tracking are over a million submissions in one course.

Makes a scratch SQLite database with one large course (STUDENTS students, ASSIGNMENTS assignments of six
items), works out its aggregates by ``rebuild``, and measures each page in process: middleware, view,
template, no socket, the database in the same process. CPU time, so that a busy machine measures the same.
Exit status 1 if a page takes longer than BOUND at the median.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from statistics import median, quantiles

STUDENTS, ASSIGNMENTS = 2000, 8
BOUND = 100.0  # ms
ROUNDS = 15
PAGES = {
    "board": "/c/volume/progress/?a={a}",
    "board, moving part": "/c/volume/progress/?a={a}#live",
    "board, one misconception": "/c/volume/progress/?a={a}&m=G-sign",
    "what goes wrong": "/c/volume/mistakes/?a={a}",
    "item statistics": "/c/volume/statistics/?a={a}",
    "variants of an item": "/c/volume/statistics/?a={a}&item={item}",
    "timeline": "/c/volume/progress/{user}/{item}/",
    "submissions": "/c/volume/submissions/",
    "submissions of an item": "/c/volume/submissions/?item={item}",
    "submissions of a student": "/c/volume/submissions/?q=volume77",
    "submissions, first tries": "/c/volume/submissions/?first=1&item={item}",
    "submissions, misconception": "/c/volume/submissions/?m=G-sign&item={item}",
    "submissions of a small course": "/c/small/submissions/",
}


def main(arguments: list[str]) -> int:
    """The exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench.volume", description=__doc__)
    parser.add_argument("--submissions", type=int, default=1_000_000)
    wanted = parser.parse_args(arguments).submissions
    for name in ("SECRET_KEY", "DATABASE_URL"):
        os.environ.pop(name, None)
    with tempfile.TemporaryDirectory(prefix="backprop-volume-") as scratch:
        folder = os.environ.get("VOLUME_DIR", scratch)  # to look at the same rows again
        os.environ |= {"DJANGO_SETTINGS_MODULE": "course.settings", "DATA_DIR": folder, "LOG_LEVEL": "ERROR"}
        import django  # noqa: PLC0415  the settings are known only now

        django.setup()
        return measured(wanted)


def measured(wanted: int) -> int:
    """Fill, rebuild, measure, and tell."""
    from bench.filling import filled  # noqa: PLC0415  needs Django ready
    from course.tracking.rebuilding import rebuild  # noqa: PLC0415

    start = time.monotonic()
    course, places = filled(wanted, STUDENTS, ASSIGNMENTS)
    print(f"{wanted:,} submissions of {STUDENTS:,} students written in {time.monotonic() - start:.0f} s")
    start = time.monotonic()
    found = rebuild(course)
    print(f"aggregates rebuilt in {time.monotonic() - start:.0f} s ({found.missing:,} standings)")
    slow = [name for name, address in PAGES.items() if not _page(name, address.format(**places))]
    print(f"slower than {BOUND:.0f} ms: {', '.join(slow)}" if slow else f"all within {BOUND:.0f} ms")
    return bool(slow)


def _page(name: str, address: str) -> bool:
    from django.test import Client  # noqa: PLC0415  needs Django ready

    from course.people.models import User  # noqa: PLC0415

    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(User.objects.get(username="volume-staff"))
    headers = {"X-Fragment": "1"} if address.endswith("#live") else {}
    times = []
    for _round in range(ROUNDS):
        start = time.process_time()
        reply = client.get(address.removesuffix("#live"), headers=headers)
        times.append(1000 * (time.process_time() - start))
        if reply.status_code != 200:
            raise RuntimeError(f"{address} answered {reply.status_code}")
    middle, late = median(times[1:]), quantiles(times[1:], n=20)[-1]
    print(f"{name:32} p50 {middle:6.1f} ms   p95 {late:6.1f} ms   first {times[0]:6.1f} ms", flush=True)
    return middle <= BOUND


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
