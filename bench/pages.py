"""Rows on the CPU time of views, in process: middleware, session, view, templates; no socket."""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle
from typing import Any

from django.test import Client

from bench.clock import cpu
from bench.harness import Arm, Row
from bench.site import CSRF, Site, Student


def rows(site: Site, *, full: bool) -> list[Row]:
    """The submit view and the exercise page, each against the least that such a view can be.

    The submission is a plain form, answered by a redirect once the verdict is there: the page that shows it
    has a row of its own. Marking runs in other processes, so the wait costs what looking costs.
    """
    submit, insert, null, page = (
        _arm(site, *what)
        for what in (
            ("post", f"{site.page}submit", Student.form),
            ("post", "/bench/insert", Student.row),
            ("get", "/bench/null", None),
            ("get", site.page, None),
        )
    )
    rounds = 25 if full else 6
    return [
        Row("submit view CPU", "bare authenticated INSERT view", submit, insert, 1.55, 1.35, rounds),
        Row("exercise page CPU", "authenticated null view", page, null, 3, 2, rounds),
    ]


def _arm(site: Site, method: str, path: str, body: Callable[[Student], bytes] | None) -> Arm:
    client = Client(SERVER_NAME="127.0.0.1")
    students = cycle([site.bare] if body is Student.row else site.students)

    def once() -> None:
        student = next(students)
        form: dict[str, Any] = {"data": body(student)} if body else {}
        if body:
            form["content_type"] = "application/x-www-form-urlencoded"
        headers = {"Cookie": student.cookie, "X-CSRFToken": CSRF}
        answer = getattr(client, method)(path, headers=headers, **form)
        if answer.status_code >= 400:
            raise RuntimeError(f"{path} answered {answer.status_code}")

    once()
    return lambda: cpu(once, times=8)
