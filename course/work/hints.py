"""The ladder of hints on an exercise page: that of the step, or of the misconception that a verdict names.

A hint is sent when it is opened, and that is written down: what it costs is taken from what is handed in
after it, and the next one waits for some wrong tries and seconds, as the policy says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Protocol

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from course.errors import Refused
from course.work.credit import after_hints
from course.work.feedback import called
from course.work.mathml import plain, prose
from course.work.models import Attempt, OpenedHint
from course.work.policies import MarkingPolicy
from course.work.policy_values import as_percent
from exercises.prose import texts
from exercises.question import Question
from grader.job import Verdict


class Try(Protocol):
    """A counted try, as far as hints ask for it."""

    @property
    def verdict(self) -> Verdict | None: ...
    @property
    def is_right(self) -> bool: ...
    @property
    def marked_at(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class Ladder:
    """The hints from the first; ``box``: what the box is called that they are for, if it is one."""

    hints: tuple[str, ...]
    box: str = ""


@dataclass(frozen=True, slots=True)
class Wait:
    """What stands before the next hint: wrong tries and seconds."""

    tries: int = 0
    seconds: int = 0


def ladder(question: Question, verdict: Verdict | None) -> Ladder:
    """The hints for the first box in which ``verdict`` names a misconception; the step's if there is none."""
    told = [box for box in verdict.boxes if box.code == "misconception"] if verdict else []
    ladders = {box.id: texts("ladders").get(box.params.get("id", "")) for box in told}
    for field in question.fields:
        if hints := ladders.get(field.id):
            return Ladder(tuple(hints), called(field))
    return Ladder(tuple(question.hints))


def wait_for(policy: MarkingPolicy, number: int, tries: Sequence[Try], since: datetime | None) -> Wait:
    """What stands before the hint with this number; ``since``: when the one before it was opened."""
    misses, seconds = policy.hint_waits[min(number, len(policy.hint_waits)) - 1]
    wrong = [each for each in tries if not each.is_right]
    moments = [since, *(each.marked_at for each in wrong[-1:])]
    last = max((moment for moment in moments if moment is not None), default=None)
    left = (last + timedelta(seconds=seconds) - timezone.now()).total_seconds() if last else 0
    return Wait(max(misses - len(wrong), 0), max(int(-(-left // 1)), 0))


def offered(
    question: Question, attempt: Attempt, policy: MarkingPolicy, tries: Sequence[Try], url: str
) -> SafeString | str:
    """The opened hints and the button that asks ``url`` for the next; nothing where there are no hints."""
    if not policy.hints:
        return ""
    here = ladder(question, tries[-1].verdict if tries else None)
    opened = {each.number: each.opened_at for each in attempt.opened_hints.order_by("number")}
    shown = min(max(opened, default=0), len(here.hints))
    following = shown + 1 if shown < len(here.hints) else None
    context = {
        "opened": _opened(here.hints[:shown], here.box, get_language()),
        "following": following,
        "url": url,
        "title": _title(here.box, get_language()) if following == 1 else None,
        "wait": wait_for(policy, following, tries, opened.get(shown)) if following else None,
        "cost": _cost(policy, following) if following else "",
    }
    return render_to_string("work/_hints.html", context)


def open_hint(
    question: Question, attempt: Attempt, policy: MarkingPolicy, tries: Sequence[Try], number: int
) -> OpenedHint:
    """Open a hint, or find it open; raises Refused (409) for one that is not there or not yet."""
    here = ladder(question, tries[-1].verdict if tries else None)
    opened = {each.number: each for each in attempt.opened_hints.order_by("number")}
    if number in opened:
        return opened[number]
    if not policy.hints or not 1 <= number <= min(len(here.hints), len(opened) + 1):
        raise Refused(409, _("No hint"), _("There is no such hint here, or not yet."))
    before = opened.get(number - 1)
    wait = wait_for(policy, number, tries, before.opened_at if before else None)
    if wait.tries or wait.seconds:
        raise Refused(409, _("Not yet"), told(wait))
    return OpenedHint.objects.get_or_create(attempt=attempt, number=number)[0]


def told(wait: Wait) -> str:
    """What stands before a hint, in words."""
    if wait.tries:
        words = ngettext(
            "The next hint opens after one more try.", "The next hint opens after %d more tries.", wait.tries
        )
        return words % wait.tries if "%d" in words else words
    words = ngettext("The next hint opens in %d second.", "The next hint opens in %d seconds.", wait.seconds)
    return words % wait.seconds


def _cost(policy: MarkingPolicy, number: int) -> str:
    """What is left of the points after this hint, in words; empty if nothing is lost by it."""
    left = after_hints(policy, number)
    if left == after_hints(policy, number - 1):
        return ""
    return _("at most %(share)s %% of the points after it") % {"share": as_percent(left)}


@lru_cache(maxsize=1024)
def _title(box: str, language: str | None) -> tuple[SafeString, str]:
    """What the first hint is called, typeset and, where it has math, in plain words."""
    title = _("Hint for {box}").format(box=box) if box else _("Hint")
    return prose(title), plain(title) if "`" in title else ""


@lru_cache(maxsize=1024)
def _opened(hints: tuple[str, ...], box: str, language: str | None) -> list[dict[str, object]]:
    title, words = _title(box, language)
    rows: list[dict[str, object]] = [
        {"number": number, "text": prose(_(hint)), "title": title if number == 1 else "", "words": words}
        for number, hint in enumerate(hints, start=1)
    ]
    return rows
