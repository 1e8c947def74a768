"""Progress: the board of an assignment, live, and what goes wrong beside it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext_noop
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from course.people.access import staff_for
from course.people.models import Data
from course.spreadsheet import csv_reply
from course.tracking import board, chain, mistakes
from course.tracking.models import Stage
from course.tracking.rebuilding import unbuilt
from course.tracking.scope import Scope, choices, scope_of
from course.work.mathml import plain
from course.work.models import Item

BESIDE = 6  # misconceptions beside the matrix
CELLS = {
    None: ("none", "", gettext_noop("not begun")),
    Stage.RIGHT: ("ok", "check", gettext_noop("right")),
    Stage.BEGUN: ("begun", "dots", gettext_noop("begun")),
    Stage.SOME: ("some", "link", gettext_noop("not yet right")),
    Stage.STUCK: ("stuck", "alert", gettext_noop("stuck")),
}


@require_safe
@cache_control(private=True, no_cache=True)
def progress(request: HttpRequest, slug: str) -> HttpResponse:
    """The board. A script that asks for the fragment gets the moving part, or 304 if nothing moved.

    ``?a=`` assignment, ``?section=``, ``?show=`` a tile, ``?q=`` a name, ``?sort=``, ``?m=`` a misconception
    (``&box=``), ``?item=`` the item beside the matrix, ``?mask=1`` without names.
    """
    enrolment = staff_for(request.user, slug, data=Data.VIEWER)
    scope = scope_of(request, enrolment)
    context = _context(request, scope)
    if request.headers.get("X-Fragment"):
        return _fragment(request, render_to_string("tracking/_board.html", context, request))
    context |= choices(scope) | {"unbuilt": 0 if context["is_built"] else unbuilt(scope.course)}
    return render(request, "tracking/progress.html", context)


def _fragment(request: HttpRequest, text: str) -> HttpResponse:
    mark = f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
    if request.headers.get("If-None-Match") == mark:
        return HttpResponse(status=304, headers={"ETag": mark})
    return HttpResponse(text, headers={"ETag": mark})


def _context(request: HttpRequest, scope: Scope) -> dict[str, Any]:
    now = timezone.now()
    rows = board.rows_of(scope)
    misconception, box = request.GET.get("m", "")[:60], request.GET.get("box", "")[:50]
    asked = _asked(request, scope, misconception, box)
    page = board.page_of(board.wanted(rows, asked, scope.needed, now), request.GET.get("page"))
    cells = board.cells_of(scope, page.object_list)
    beside = beside_of(scope, request.GET.get("item", ""))
    return {
        "here": "progress",
        "scope": scope,
        "course": scope.course,
        "enrolment": scope.enrolment,
        "tiles": board.tiles_of(rows, scope.needed, now),
        "is_built": any(row.begun for row in rows),
        "asked": asked,
        "misconception": misconception,
        "misconception_name": mistakes.names_of(scope.course, {misconception})[misconception],
        "page_obj": page,
        "matrix": [(row, [_shown(cell) for cell in cells[row.user]]) for row in page],
        "beside": beside,
        "links": chain.links_of(scope, [beside])[beside.pk] if beside else [],
        "wrong": mistakes.named(scope, [beside], BESIDE) if beside else [],
    }


def _asked(request: HttpRequest, scope: Scope, misconception: str, box: str) -> board.Asked:
    only = mistakes.who(scope, scope.items, misconception, box) if misconception else None
    show, sort = request.GET.get("show", ""), request.GET.get("sort", "")
    return board.Asked(
        show=show if show in board.SHOWN else "",
        find=request.GET.get("q", "").strip(),
        sort=sort if sort in board.SORTED else board.SORTED[0],
        only=only,
    )


def _shown(cell: board.Cell) -> Mapping[str, Any]:
    look, icon, word = CELLS[None if cell.stage is None else Stage(cell.stage)]
    return {"item": cell.item, "look": look, "icon": icon, "word": word, "tries": cell.tries}


def beside_of(scope: Scope, chosen: str) -> Item | None:
    """The item whose links stand beside the matrix: the chosen one, else the first with the longest chain."""
    by_number = {str(item.pk): item for item in scope.items}
    if chosen in by_number:
        return by_number[chosen]
    order = ("three-factor", "two-factor", "update")
    ranked = sorted(
        scope.items,
        key=lambda item: order.index(item.exercise.step) if item.exercise.step in order else len(order),
    )
    return ranked[0] if ranked else None


@require_safe
def progress_csv(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The matrix of the whole assignment as a table: a line a student, state and tries of each item."""
    enrolment = staff_for(request.user, slug, data=Data.VIEWER)
    scope = scope_of(request, enrolment)
    rows = board.wanted(board.rows_of(scope), board.Asked(sort="name"), scope.needed, timezone.now())
    cells = board.cells_of(scope, rows)
    titles = [plain(item.exercise.title) for item in scope.items]
    head = ["Student", *(f"{title}: {what}" for title in titles for what in ("state", "tries"))]
    lines = (
        [row.name, *(value for cell in cells[row.user] for value in (_shown(cell)["word"], cell.tries))]
        for row in rows
    )
    return csv_reply(
        f"{slug}-progress.csv",
        [*head, "right", "minutes"],
        ([*line, row.right, round(row.seconds / 60, 1)] for line, row in zip(lines, rows, strict=True)),
    )
