"""Item statistics: how hard each item is, how well it tells students apart, and whether variants are fair."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from course.people.access import staff_for
from course.people.models import Data
from course.spreadsheet import csv_reply
from course.tracking import chain, itemstats
from course.tracking.scope import choices, scope_of
from course.work.mathml import plain

HEAD = (
    *("item", "exercise", "n", "right at first try", "facility", "facility low", "facility high"),
    *("discrimination", "discrimination low", "discrimination high", "discrimination n"),
    *("median minutes", "minutes low", "minutes high", "mean tries"),
)
CHAIN = ("exercise", "box", "n", "right at first try", "follows", "share", "share low", "share high")


@require_safe
def statistics(request: HttpRequest, slug: str) -> HttpResponse:
    """``?a=`` assignment, ``?section=``; ``?item=`` shows whether that item's variants are fair."""
    enrolment = staff_for(request.user, slug, data=Data.VIEWER)
    scope = scope_of(request, enrolment)
    item = next((one for one in scope.items if str(one.pk) == request.GET.get("item")), None)
    links = chain.links_of(scope, scope.items)
    context: dict[str, Any] = {
        "here": "progress",
        "scope": scope,
        "course": scope.course,
        "enrolment": enrolment,
        "whole": itemstats.statistics_of(scope),
        "least": itemstats.LEAST,
        "chains": [(one, links[one.pk]) for one in scope.items if links[one.pk]],
        "item": item,
        "fairness": itemstats.fairness_of(scope, item) if item else None,
    }
    return render(request, "tracking/statistics.html", context | choices(scope))


@require_safe
def statistics_csv(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The same as a table; empty where too few students say it."""
    enrolment = staff_for(request.user, slug, data=Data.VIEWER)
    scope = scope_of(request, enrolment)
    return csv_reply(f"{slug}-statistics.csv", HEAD, _lines(itemstats.statistics_of(scope)))


@require_safe
def chain_csv(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Where the chain breaks: a line for each box of each item."""
    enrolment = staff_for(request.user, slug, data=Data.VIEWER)
    scope = scope_of(request, enrolment)
    links = chain.links_of(scope, scope.items)
    lines = (
        [
            plain(item.exercise.title),
            link.label.id,
            link.count,
            link.right,
            link.follows,
            *_rounded(link.share, *link.interval),
        ]
        for item in scope.items
        for link in links[item.pk]
    )
    return csv_reply(f"{slug}-chain.csv", CHAIN, lines)


def _lines(whole: itemstats.Whole) -> Iterator[list[object]]:
    for place, one in enumerate(whole.items, start=1):
        yield [
            place,
            plain(one.item.exercise.title),
            one.count,
            one.right,
            *_rounded(one.facility, *(one.facility_interval or (None, None))),
            *_rounded(one.discrimination, *(one.discrimination_interval or (None, None))),
            one.discrimination_count,
            *_rounded(*(one.minutes or (None, None, None))),
            *_rounded(one.tries),
        ]


def _rounded(*numbers: float | None) -> list[float | None]:
    return [None if number is None else round(number, 4) for number in numbers]
