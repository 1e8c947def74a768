"""Queries whose SQL Django builds once. Building it costs ten times as much as running it.

Only for the few lookups on the way of every answer; anywhere else a plain queryset reads better.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import connection, models
from django.db.models.query import get_related_populators

Row = TypeVar("Row", bound=models.Model)
FIRST_MARK = 7_000_000_000_000_000  # a number, or its digits, that no query of ours holds


class Prepared(Generic[Row]):
    """A queryset of a model, with its ``select_related``, in which only some values vary.

    ``build`` gets a value of each of ``kinds`` and returns the queryset; ``first`` runs it with others.
    """

    def __init__(self, build: Callable[..., models.QuerySet[Row]], *kinds: type[int | str]) -> None:
        self.build = build
        self.marks = [kind(FIRST_MARK + place) for place, kind in enumerate(kinds)]

    @cached_property
    def _compiled(self) -> tuple[Any, str, list[Any]]:
        compiler = self.build(*self.marks).query.get_compiler("default")
        sql, parameters = compiler.as_sql()
        return compiler, sql, list(parameters)

    @cached_property
    def _reader(self) -> Callable[[Any], Row]:
        """From one row of the database to the model's instance with its related ones, as querysets do it."""
        compiler = self._compiled[0]
        select, told = compiler.select, compiler.klass_info
        converters = compiler.get_converters(column for column, _sql, _alias in select)
        columns = told["select_fields"]
        names = [select[place][0].target.attname for place in columns]
        populators = get_related_populators(told, select, "default")  # type: ignore[call-arg]  # Django 6's

        def read(row: Any) -> Row:
            values = next(compiler.apply_converters([row], converters)) if converters else row
            found = told["model"].from_db("default", names, values[columns[0] : columns[-1] + 1])
            for populator in populators:
                populator.populate(values, found)
            result: Row = found
            return result

        return read

    def first(self, *given: int | str) -> Row | None:
        """The first row of the queryset for these values."""
        _compiler, sql, parameters = self._compiled
        swapped = dict(zip(self.marks, given, strict=True))
        with connection.cursor() as cursor:
            cursor.execute(sql, [swapped.get(value, value) for value in parameters])
            row = cursor.fetchone()
        return None if row is None else self._reader(row)
