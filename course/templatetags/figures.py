"""Figures on the pages of tracking: bars, shares, and the way from a number to the work behind it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from course.people.models import Course
from course.templatetags.icons import icon
from course.tracking.scope import Scope
from course.work.mathml import typeset
from grader.expression import read
from grader.tree import names
from grader.unreadable import Unreadable

register = template.Library()
WORD = re.compile(r"[A-Za-z_ŷ]\w*")
BAR = (
    '<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
    '<rect class="bg" width="100" height="10" /><rect class="more" width="{}" height="10" />'
    '<rect class="fg" width="{}" height="10" /></svg>'
)


@register.simple_tag
def bar(share: float, more: float = 0) -> SafeString:
    """A bar that is full at 1; ``more``: how far its lighter part reaches."""
    return format_html(BAR, f"{100 * max(more, share):.1f}", f"{100 * share:.1f}")


@register.simple_tag
def bar_of(part: float, whole: float) -> SafeString:
    """A bar that is full at ``whole``."""
    return bar(part / whole if whole else 0)


@register.simple_tag
def matrix_cells(slug: str, user: int, cells: Iterable[Mapping[str, Any]], masked: bool) -> SafeString:
    """The cells of one student: icon, tries, words, and the way to the timeline.

    In Python, as a page has hundreds of them and a template takes ten times as long.
    """
    start, end = f"{reverse('progress', args=[slug])}{user}/", "/?mask=1" if masked else "/"
    return mark_safe("".join(_cell(each, start, end) for each in cells))  # noqa: S308  words, numbers


def _cell(cell: Mapping[str, Any], start: str, end: str) -> str:
    word = escape(_(cell["word"]))
    if not cell["icon"]:
        return f'<td><span class="c none"><span class="vh">{word}</span></span></td>'
    tries = escape(ngettext("try", "tries", cell["tries"]))
    return (
        f'<td><a class="c {cell["look"]}" href="{start}{cell["item"]}{end}">{icon(cell["icon"])}'
        f'<span class="vh">{word},</span> <b>{cell["tries"]}</b><span class="vh"> {tries}</span></a></td>'
    )


@register.simple_tag
def percent(share: float | None) -> str:
    """A share in per cent, without decimals."""
    return "–" if share is None else f"{100 * share:.0f} %"


@register.simple_tag
def interval(ends: tuple[float, float] | None) -> str:
    """A 95 % interval of a share, in per cent."""
    return "" if ends is None else f"{100 * ends[0]:.0f}–{100 * ends[1]:.0f} %"


@register.simple_tag
def kept(scope: Scope) -> str:
    """The part of an address that keeps assignment, section and masking from page to page."""
    chosen: dict[str, str] = {
        name: value for name, value in scope.chosen.items() if name in {"section", "mask"}
    }
    if scope.assignment is not None:
        chosen = {"a": str(scope.assignment.pk), **chosen}
    return f"?{urlencode(chosen)}" if chosen else ""


@register.simple_tag
def submissions_of(scope: Scope | Course, **filters: Any) -> str:
    """The list of submissions behind a number; of the scope's section, if it has one."""
    course = scope.course if isinstance(scope, Scope) else scope
    given = {name: value for name, value in filters.items() if value not in (None, "")}
    if isinstance(scope, Scope) and scope.section:
        given["section"] = scope.section.pk
    return f"{reverse('submissions', args=[course.slug])}?{urlencode(given)}"


@register.filter
def at(found: Mapping[Any, Any], key: Any) -> Any:
    """What stands under a key; empty for none."""
    return found.get(key, "")


@register.filter
def minutes(seconds: float) -> str:
    """Seconds as whole minutes; less than one is said so."""
    return "< 1" if 0 < seconds < 60 else f"{seconds / 60:.0f}"


@register.filter
def later(after: timedelta) -> str:
    """How long after: ``+ 45 s``, ``+ 3 min``, ``+ 2 h``, ``+ 4 d``."""
    seconds = int(after.total_seconds())
    for unit, size in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"+ {seconds // size} {unit}"
    return f"+ {seconds} s"


@register.filter
def echo(typed: str) -> SafeString | str:
    """An answer typeset as it was understood; nothing where it cannot be read, or is a plain number."""
    last = str(typed).rpartition("=")[2]
    try:
        tree = read(last, sorted(set(WORD.findall(last))))
    except Unreadable:
        return ""
    return typeset(tree) if names(tree) else ""
