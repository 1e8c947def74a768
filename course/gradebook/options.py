"""What is asked of an export: read from a form or a command line, refused in words."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from course.gradebook.identifying import IDENTIFIERS
from course.gradebook.layouts import LAYOUTS, NAMES, USUAL
from course.gradebook.models import Gradebook
from course.people.models import Course


class Unusable(ValueError):  # noqa: N818 - it is an answer, not a fault of the program
    """Options that make no sense; the words say which and why."""


class Missing(StrEnum):
    """What a student has in a file who handed in nothing."""

    DUE = "due"  # zero after the due date, before it nothing
    ZERO = "zero"
    SKIP = "skip"  # nothing


MISSING_WORDS: dict[Missing, str | Promise] = {
    Missing.DUE: gettext_lazy("0 after the student's due date, left out before it"),
    Missing.ZERO: gettext_lazy("0 in any case"),
    Missing.SKIP: gettext_lazy("left out in any case"),
}


@dataclass(frozen=True, slots=True)
class Options:
    """One export. ``assignments``: which columns, none: all that students see; ``total``: the total too."""

    layout: str
    key: str = ""
    comma: bool = False
    bom: bool = False
    missing: Missing = Missing.DUE
    roster: bool = False  # only students whose id in the LMS is known
    assignments: frozenset[int] = frozenset()
    total: bool = False
    alone: bool = False  # the total and no assignment
    as_of: datetime | None = None
    section: int | None = None


def keys_of(layout: str) -> Sequence[str]:
    """The identifiers that a layout can have, the usual one first."""
    return list(LAYOUTS[layout].heads) if layout in LAYOUTS else list(IDENTIFIERS)


def read(raw: Mapping[str, str], assignments: Collection[str] = (), *, usual: str) -> Options:
    """Options from texts; ``usual``: the layout if none is named. Raises Unusable."""
    layout = _one_of(raw.get("layout") or usual, NAMES, _("layout"))
    keys = keys_of(layout)
    key = _one_of(raw.get("key") or keys[0], keys, _("identifier"))
    comma = raw.get("decimal", "point") == "comma"
    _one_of(raw.get("decimal") or "point", ("point", "comma"), _("decimal sign"))
    if comma and layout in LAYOUTS and not LAYOUTS[layout].comma:
        raise Unusable(_("%(layout)s takes decimal points only.") % {"layout": NAMES[layout]})
    return Options(
        layout=layout,
        key=key,
        comma=comma,
        bom=bool(raw.get("bom")),
        missing=Missing(_one_of(raw.get("missing") or "due", list(Missing), _("missing scores"))),
        roster=bool(raw.get("roster")),
        assignments=frozenset(_number(text, _("assignment")) for text in assignments),
        total=bool(raw.get("total")),
        alone=raw.get("total") == "alone",
        as_of=moment(raw.get("as_of", "")),
        section=_number(raw["section"], _("section")) if raw.get("section") else None,
    )


def _one_of(text: str, allowed: Collection[str], what: str) -> str:
    if text not in allowed:
        words = {"what": what, "text": text[:40], "allowed": ", ".join(allowed)}
        raise Unusable(_("%(what)s: “%(text)s” is none of %(allowed)s.") % words)
    return text


def _number(text: str, what: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise Unusable(_("%(what)s: “%(text)s” is no number of one.") % {"what": what, "text": text[:40]})
    return int(text)


def moment(text: str) -> datetime | None:
    """A date (its last moment) or a date with a time, on the site's clock; None for nothing."""
    text = text.strip()
    if not text:
        return None
    try:
        if len(text) == len("2026-12-01"):
            return timezone.make_aware(datetime.combine(date.fromisoformat(text), time.max))
        found = datetime.fromisoformat(text)
        return found if timezone.is_aware(found) else timezone.make_aware(found)
    except (ValueError, OverflowError) as error:
        words = _("as of: “%(text)s” is no date. Write it as 2026-12-01 or 2026-12-01T18:00.")
        raise Unusable(words % {"text": text[:40]}) from error


def layout_of(course: Course) -> str:
    """The layout of the one-click export."""
    chosen = Gradebook.objects.filter(course=course).values_list("layout", flat=True).first()
    return chosen if chosen in NAMES else USUAL
