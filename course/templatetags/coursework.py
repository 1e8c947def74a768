"""What templates need beyond Django's own: math in prose, names of steps, states with icon and word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import template
from django.template import Context
from django.utils.safestring import SafeString

from course.lesson.pictures import picture
from course.navigation import tabs_of
from course.people.models import Content, Data, Enrolment
from course.review.notices import news_of
from course.work import mathml
from course.work.sheet import STEP_NAMES
from course.work.tale import tale
from exercises.question import Step

register = template.Library()
register.simple_tag(tale, name="told")


@register.filter
def prose(text: str) -> SafeString:
    """Prose with math between backticks."""
    return mathml.prose(str(text))


@register.filter
def line(text: str) -> SafeString:
    """A chain of equations that may break."""
    return mathml.line(str(text))


@register.filter
def plain(text: str) -> str:
    """The same prose in plain characters, for titles."""
    return mathml.plain(str(text))


@register.filter
def step_name(step: str) -> str:
    """What a kind of step is called."""
    return str(STEP_NAMES[Step(step)])


@register.simple_tag
def seed_picture() -> SafeString:
    """The seed network with the three links of ``w1``."""
    return picture("w1")


@register.simple_tag
def progress(items: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """How many of the items are all right, and the first that is not."""
    right = sum(item["state"] == "solved" for item in items)
    share = round(100 * right / len(items)) if items else 0
    following = next((item for item in items if item["state"] != "solved"), None)
    return {"right": right, "all": len(items), "share": share, "next": following}


@register.inclusion_tag("staff/_tabs.html", takes_context=True)
def staff_tabs(context: Context, enrolment: Enrolment, here: str = "") -> dict[str, Any]:
    """The tabs over a staff page; ``here`` is the id of the one that is open."""
    return {
        "tabs": tabs_of(enrolment),
        "here": here,
        "slug": enrolment.course.slug,
        "may_preview": enrolment.is_staff and enrolment.content >= Content.VIEWER,
        "may_export": enrolment.is_staff and enrolment.data >= Data.VIEWER and here != "grades",
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("review/_news.html")
def news(enrolment: Enrolment) -> dict[str, Any]:
    """What a student has not seen yet of what changed, with links to the newest."""
    return {"slug": enrolment.course.slug, **news_of(enrolment)}
