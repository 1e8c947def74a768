"""Matrices on the exercise page: how one was read, and which of its entries hold."""

from __future__ import annotations

from collections.abc import Mapping

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from course.work import mathml
from grader.job import BoxVerdict, Outcome
from grader.matrix import Shape, read_matrix
from grader.unreadable import Unreadable


def echo(typed: str, box: str, names: tuple[str, ...], shape: Shape | None) -> SafeString | str:
    """The matrix as it was read in a box of this shape, typeset; the unreadable says so elsewhere."""
    try:
        return mathml.typeset(read_matrix(typed, names, box, shape))
    except Unreadable:
        return ""


def place(params: Mapping[str, str]) -> str:
    """Where in a matrix a sentence belongs, ``Row 2, column 1: ``; empty where it is about all of it."""
    if "row" not in params:
        return ""
    return _("Row {row}, column {column}:").format(**params) + " "


def grid(verdict: BoxVerdict, marks: Mapping[Outcome, tuple[str, str, str]]) -> SafeString | str:
    """A mark for every entry, in its place, where they differ; ``marks``: outcome -> state, icon and word."""
    rows = [[marks[outcome] for outcome in row] for row in verdict.entries]
    if len({mark for row in rows for mark in row}) < 2:
        return ""
    return render_to_string("work/_entries.html", {"rows": rows})
