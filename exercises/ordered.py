"""Mappings whose order means something, stored so that it is kept.

A database may sort the keys of a JSON object (PostgreSQL's jsonb does, by length), and the order of equations
is the order in which they are told, drawn and answered. So they are written as a list of pairs.
"""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator, PlainSerializer

Value = TypeVar("Value")


def _mapping(found: Any) -> Any:
    """A list of pairs as a mapping; rows of before have mappings already."""
    if isinstance(found, list) and all(isinstance(pair, list) and len(pair) == 2 for pair in found):
        return dict(found)
    return found


def _pairs(mapping: dict[str, Any]) -> list[list[Any]]:
    return [[name, value] for name, value in mapping.items()]


Ordered = Annotated[
    dict[str, Value],
    BeforeValidator(_mapping),
    PlainSerializer(_pairs, return_type=list[list[Any]], when_used="json"),
]
