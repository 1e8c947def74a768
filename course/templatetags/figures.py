"""Figures on the pages of tracking: bars, shares, and the way from a number to the work behind it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from course.people.models import Course
from course.tracking.scope import Scope

register = template.Library()
BAR = (
    '<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
    '<rect class="bg" width="100" height="10" /><rect class="more" width="{:.1f}" height="10" />'
    '<rect class="fg" width="{:.1f}" height="10" /></svg>'
)


@register.simple_tag
def bar(share: float, more: float = 0) -> SafeString:
    """A bar that is full at 1; ``more``: how far its lighter part reaches."""
    return format_html(BAR, 100 * max(more, share), 100 * share)


@register.simple_tag
def bar_of(part: float, whole: float) -> SafeString:
    """A bar that is full at ``whole``."""
    return bar(part / whole if whole else 0)


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
    chosen = {name: scope.chosen[name] for name in ("section", "mask") if name in scope.chosen}
    if scope.assignment is not None:
        chosen = {"a": str(scope.assignment.pk), **chosen}
    return f"?{urlencode(chosen)}" if chosen else ""


@register.simple_tag
def submissions_of(course: Course, **filters: Any) -> str:
    """The list of submissions behind a number."""
    given = {name: value for name, value in filters.items() if value not in (None, "")}
    return f"{reverse('submissions', args=[course.slug])}?{urlencode(given)}"
