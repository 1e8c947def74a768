"""One line of ``python -m grader compare``: JSON in, JSON out, whatever comes in."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any

from grader.arbiter import arbitrate
from grader.equivalence import Comparison, compare
from grader.expression import Unreadable, read
from grader.tree import Name, Span, Tree
from grader.wording import sentence

Arbiter = Callable[[Tree, Tree, Sequence[str]], Comparison]

SECONDS = 30.0  # that SymPy has for one pair
_MOST_NAMES = 200
_LONGEST_NAME = 50


class _Refused(ValueError):  # noqa: N818  becomes an answer, not a fault
    """A request that cannot be compared, and why."""

    def __init__(self, code: str, params: Mapping[str, str] | None = None, span: Span | None = None) -> None:
        super().__init__(sentence(code, params or {}))
        self.span = span


def settle_line(line: str) -> str:
    """As ``compare_line``, with SymPy asked about what stays undecided; slow, and for a person only."""
    return compare_line(line, partial(arbitrate, seconds=SECONDS))


def compare_line(line: str, arbiter: Arbiter | None = None) -> str:
    """The answer to a request ``{"student", "reference", "variables"}``; never raises for a bad request.

    ``arbiter`` is asked about two sides that stay undecided. ``microseconds`` is processor time, reading
    included.
    """
    start = time.thread_time_ns()
    try:
        answer = _answer(line, arbiter)
    except _Refused as error:
        answer = _response("unreadable", message=str(error), span=error.span)
    answer["microseconds"] = (time.thread_time_ns() - start) // 1000
    return json.dumps(answer)


def _answer(line: str, arbiter: Arbiter | None) -> dict[str, Any]:
    student, reference, variables = _request(line)
    _check_names(variables)
    right = _reference(reference, variables)
    try:
        left = read(student, variables)
    except Unreadable as error:
        raise _Refused(error.code, error.params, error.span) from error
    found = compare(left, right, variables)
    if found.verdict == "undecided" and arbiter is not None:
        found = arbiter(left, right, variables)
    return _response(found.verdict, found.evidence)


def _response(
    verdict: str, evidence: str = "", message: str | None = None, span: Span | None = None
) -> dict[str, Any]:
    return {"verdict": verdict, "evidence": evidence, "message": message, "span": span}


def _request(line: str) -> tuple[str, str, tuple[str, ...]]:
    try:
        request = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise _Refused("request-json") from error
    if not isinstance(request, dict):
        raise _Refused("request-json")
    for key in ("student", "reference"):
        if not isinstance(request.get(key), str):
            raise _Refused("request-text", {"key": key})
    variables = request.get("variables")
    if not isinstance(variables, list) or not all(isinstance(name, str) for name in variables):
        raise _Refused("request-variables")
    return request["student"], request["reference"], tuple(dict.fromkeys(variables))


@lru_cache(maxsize=256)
def _reference(text: str, variables: tuple[str, ...]) -> Tree:
    try:
        return read(text, variables)
    except Unreadable as error:
        raise _Refused("request-reference", {"why": str(error)}) from error


@lru_cache(maxsize=256)
def _check_names(variables: Sequence[str]) -> None:
    """Every name has to read as itself, so that no two are spellings of one."""
    if len(variables) > _MOST_NAMES:
        raise _Refused("request-names", {"limit": str(_MOST_NAMES)})
    for name in variables:
        if len(name) > _LONGEST_NAME or not _reads_as_itself(name, (name,)):
            raise _Refused("request-name", {"name": name[:_LONGEST_NAME]})
    for name in variables:
        if not _reads_as_itself(name, tuple(variables)):
            raise _Refused("request-same-name", {"name": name})


def _reads_as_itself(name: str, variables: tuple[str, ...]) -> bool:
    try:
        tree = read(name, variables)
    except Unreadable:
        return False
    return isinstance(tree, Name) and tree.name == name and not tree.constant
