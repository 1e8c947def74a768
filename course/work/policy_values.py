"""The settings of a policy as data: what each is called, how it is typed, stored and read back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

Words = str | Promise
HUNDRED = Decimal(100)
MOST = 8  # members of a sequence
NO_LIMIT = {"none", "no limit", "-"}


class Feedback(StrEnum):
    """When a student sees the verdicts."""

    AT_ONCE = "at_once"
    AFTER_CLOSE = "after_close"


class BadValueError(ValueError):
    """A setting that makes no sense; the text says what is wrong."""


@dataclass(frozen=True, slots=True)
class Field:
    """One setting. ``read``: from what was typed; ``show``: as one types it; ``load`` and ``dump``: JSON.

    ``choices`` are (typed, words) where one of a few is picked. All four raise BadValueError at most.
    """

    words: Words
    help: Words
    read: Callable[[str], Any]
    show: Callable[[Any], str]
    load: Callable[[Any], Any]
    dump: Callable[[Any], Any]
    choices: tuple[tuple[str, Words], ...] = ()


def _whole(least: int, most: int, *, unlimited: bool = False) -> dict[str, Any]:
    def check(value: Any) -> int | None:
        if value is None and unlimited:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise BadValueError(_("Give a whole number from %(least)d to %(most)d.") % bounds)
        return value

    def read(typed: str) -> int | None:
        if unlimited and typed.lower() in NO_LIMIT:
            return None
        return check(int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 9 else -1)

    bounds = {"least": least, "most": most}
    show: Callable[[Any], str] = lambda value: "none" if value is None else str(value)  # noqa: E731
    return {"read": read, "show": show, "load": check, "dump": lambda value: value}


def _percent(typed: str) -> Decimal:
    bare = typed.replace("%", "").replace(",", ".").strip()
    try:
        share = Decimal(bare) / HUNDRED
    except InvalidOperation:
        share = Decimal(-1)
    return _share(share)


def _share(stored: Any) -> Decimal:
    try:
        share = Decimal(str(stored))
    except InvalidOperation:
        share = Decimal(-1)
    if not 0 <= share <= 1:
        raise BadValueError(_("Give per cent from 0 to 100, such as 90."))
    return share.quantize(Decimal("0.001")).normalize() + 0


def as_percent(share: Decimal) -> str:
    """A share in per cent, as one would type it: ``90``."""
    return f"{(share * HUNDRED).normalize():f}"


def _members(typed: str) -> list[str]:
    members = [member.strip() for member in typed.replace(";", ",").split(",")]
    if len(members) > MOST or not all(members):
        raise BadValueError(_("Give at most %(most)d numbers with commas between them.") % {"most": MOST})
    return members


def _pair(member: str) -> tuple[str, str]:
    left, colon, right = member.partition(":")
    if not colon:
        raise BadValueError(_("Give pairs with a colon, such as 1: 10, with commas between them."))
    return left.strip(), right.strip()


def _small(typed: Any, most: int) -> int:
    text = str(typed)
    if not (text.isascii() and text.isdecimal() and len(text) < 9 and int(text) <= most):
        raise BadValueError(
            _("'%(typed)s' is no whole number up to %(most)d.") % {"typed": text[:20], "most": most}
        )
    return int(text)


def _list_of(stored: Any) -> list[Any]:
    if not isinstance(stored, list) or len(stored) > MOST:
        raise BadValueError(_("Give at most %(most)d numbers with commas between them.") % {"most": MOST})
    return stored


def _pairs_of(stored: Any) -> list[list[Any]]:
    pairs = _list_of(stored)
    if not all(isinstance(pair, list) and len(pair) == 2 for pair in pairs):
        raise BadValueError(_("Give pairs with a colon, such as 1: 10, with commas between them."))
    return pairs


def _rising(steps: tuple[tuple[int, Decimal], ...]) -> tuple[tuple[int, Decimal], ...]:
    days = [day for day, _share in steps]
    if days != sorted(set(days)):
        raise BadValueError(_("Give the days from few to many, each once."))
    return steps


def _wait(misses: Any, seconds: Any) -> tuple[int, int]:
    return _small(misses, 20), _small(seconds, 3600)


def _one_share() -> dict[str, Any]:
    return {"read": _percent, "show": as_percent, "load": _share, "dump": str}


def _maybe_share() -> dict[str, Any]:
    return {
        "read": lambda typed: None if typed.lower() in NO_LIMIT else _percent(typed),
        "show": lambda value: "none" if value is None else as_percent(value),
        "load": lambda stored: None if stored is None else _share(stored),
        "dump": lambda value: None if value is None else str(value),
    }


def _shares() -> dict[str, Any]:
    return {
        "read": lambda typed: tuple(map(_percent, _members(typed))),
        "show": lambda value: ", ".join(map(as_percent, value)),
        "load": lambda stored: tuple(map(_share, _list_of(stored))) or (Decimal(1),),
        "dump": lambda value: list(map(str, value)),
    }


def _yes_no() -> dict[str, Any]:
    def load(stored: Any) -> bool:
        if not isinstance(stored, bool):
            raise BadValueError(_("Choose yes or no."))
        return stored

    return {
        "read": lambda typed: load({"yes": True, "no": False}.get(typed)),
        "show": lambda value: "yes" if value else "no",
        "load": load,
        "dump": lambda value: value,
        "choices": (("yes", gettext_lazy("yes")), ("no", gettext_lazy("no"))),
    }


def _when() -> dict[str, Any]:
    def load(stored: Any) -> Feedback:
        try:
            return Feedback(stored)
        except ValueError:
            raise BadValueError(_("Choose when the feedback is shown.")) from None

    at_once, after = gettext_lazy("at once"), gettext_lazy("after the close")
    choices = ((Feedback.AT_ONCE.value, at_once), (Feedback.AFTER_CLOSE.value, after))
    return {"read": load, "show": str, "load": load, "dump": str, "choices": choices}


def _waits() -> dict[str, Any]:
    return {
        "read": lambda typed: tuple(_wait(*_pair(member)) for member in _members(typed)),
        "show": lambda value: ", ".join(f"{misses}: {seconds}" for misses, seconds in value),
        "load": lambda stored: tuple(_wait(*pair) for pair in _pairs_of(stored)) or ((0, 0),),
        "dump": lambda value: [list(pair) for pair in value],
    }


def _steps() -> dict[str, Any]:
    def read(typed: str) -> tuple[tuple[int, Decimal], ...]:
        if typed.lower() in NO_LIMIT:
            return ()
        pairs = [_pair(member) for member in _members(typed)]
        return _rising(tuple((_small(days, 365), _percent(kept)) for days, kept in pairs))

    return {
        "read": read,
        "show": lambda value: ", ".join(f"{days}: {as_percent(kept)}" for days, kept in value) or "none",
        "load": lambda stored: _rising(tuple((_small(d, 365), _share(k)) for d, k in _pairs_of(stored))),
        "dump": lambda value: [[days, str(kept)] for days, kept in value],
    }


FIELDS: Mapping[str, Field] = {
    "tries": Field(
        gettext_lazy("tries for each variant"),
        gettext_lazy("a whole number, or: none (no limit)"),
        **_whole(1, 50, unlimited=True),
    ),
    "try_credit": Field(
        gettext_lazy("credit by try, %"),
        gettext_lazy("for the first try, the second, and so on; the last one holds for all after it"),
        **_shares(),
    ),
    "second_try": Field(
        gettext_lazy("one more try, at %"),
        gettext_lazy("a further try after the last one, for this share; or: none"),
        **_maybe_share(),
    ),
    "solution_after": Field(
        gettext_lazy("worked answer after so many tries"),
        gettext_lazy("what is handed in on this variant afterwards earns nothing; or: none"),
        **_whole(1, 50, unlimited=True),
    ),
    "fresh": Field(
        gettext_lazy("fresh variants"),
        gettext_lazy("new numbers on demand, with full credit; the best variant counts"),
        **_yes_no(),
    ),
    "feedback": Field(
        gettext_lazy("feedback"),
        gettext_lazy("after the close: for everybody at once, when it has closed for the last one"),
        **_when(),
    ),
    "follow_through": Field(
        gettext_lazy("follow-through"),
        gettext_lazy("a box that is right for the student's own earlier boxes gets its points"),
        **_yes_no(),
    ),
    "hints": Field(gettext_lazy("hints"), gettext_lazy("whether there are any"), **_yes_no()),
    "hint_waits": Field(
        gettext_lazy("hints open after"),
        gettext_lazy("wrong tries: seconds, for the first hint, the second, and so on"),
        **_waits(),
    ),
    "hint_costs": Field(
        gettext_lazy("a hint costs, %"),
        gettext_lazy("for the first hint, the second, and so on"),
        **_shares(),
    ),
    "hint_cap": Field(
        gettext_lazy("most after the third hint, %"), gettext_lazy("of the item's points"), **_one_share()
    ),
    "late_per_day": Field(
        gettext_lazy("late: lost a day, %"),
        gettext_lazy("for each begun day after the due date, until it closes"),
        **_one_share(),
    ),
    "late_steps": Field(
        gettext_lazy("late: steps"),
        gettext_lazy(
            "days: % that is kept until then, as in 1: 80, 3: 50; in place of the loss a day; or: none"
        ),
        **_steps(),
    ),
    "grace": Field(
        gettext_lazy("grace, seconds"),
        gettext_lazy("after the due date, the close or the end of the time, what comes in is still in time"),
        **_whole(0, 3600),
    ),
}
