"""Where in an author's YAML file a mistake is, and how it is said: file, line and what to change."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from exercises.question import Step
from exercises.scalars import RESOLVERS, Ambiguous, decimal, no_number, whole

LONGEST = 100_000  # characters of a file
DEEPEST = 12  # lists and mappings in one another; an exercise needs five
UNSEEN = re.compile(
    "[\\x00-\\x08\\x0b-\\x1f\\x7f\\ud800-\\udfff]"
)  # characters that no page shows and no database keeps
MOST_PARTS = 10_000  # names, values, lists and mappings of a file
Place = Sequence[str | int]  # the keys and indices that lead to a part of the file
TAGS = {*Step, "number", "list", "rows", "word"}  # in pydantic's places, but in no file
TAGS |= {"choice", "several", "expression", "order", "match"}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a file: its line, counted from 1, and what to change."""

    line: int
    words: str


class BankError(ValueError):
    """An exercise that cannot be used; each line names file, line and what to change."""

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The same, a problem each; what is about the whole file has line 1."""
        found = (re.fullmatch(r"[^\n:]*?(?:, line (\d+))?: (.*)", each) for each in str(self).splitlines())
        return tuple(Problem(int(each[1] or 1), each[2]) for each in found if each)


class _Bound(Exception):  # noqa: N818  reads as what was met
    """What YAML allows and an exercise may not have."""

    def __init__(self, words: str, mark: Any) -> None:
        super().__init__(words)
        self.line: int = mark.line + 1


class _Reader(yaml.SafeLoader):
    """Reads a file once, and no further than its bounds: a short file may stand for a huge one."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {}  # type: ignore[misc]  # none of YAML 1.1
    depth = parts = 0

    def whole(self, node: yaml.ScalarNode) -> int:
        """A whole number."""
        try:
            return whole(node.value)
        except Ambiguous as error:
            raise _Bound(str(error), node.start_mark) from None

    def decimal(self, node: yaml.ScalarNode) -> Decimal:
        """A decimal number, exactly."""
        return decimal(node.value)

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """The next part, with all that is in it."""
        mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
        if self.check_event(yaml.AliasEvent):
            raise _Bound("'*' and a name repeat another part; write it out", mark)
        self.depth, self.parts = self.depth + 1, self.parts + 1
        if self.depth > DEEPEST:
            raise _Bound("brackets or lists are nested too deeply", mark)
        if self.parts > MOST_PARTS:
            raise _Bound(f"a file may have {MOST_PARTS} names and values", mark)
        node = super().compose_node(parent, index)
        self.depth -= 1
        if isinstance(node, yaml.ScalarNode) and UNSEEN.search(node.value):
            raise _Bound("a character that cannot be shown", mark)
        return node

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """A mapping in which no name stands twice: YAML would keep the last and say nothing."""
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value in seen:
                raise _Bound(f"'{key.value}' stands here twice", key.start_mark)
            seen.add(str(key.value))
        return super().construct_mapping(node, deep)


for _tag, (_pattern, _first) in RESOLVERS.items():
    _Reader.add_implicit_resolver(_tag, _pattern, _first)
_Reader.add_constructor("tag:yaml.org,2002:int", _Reader.whole)
_Reader.add_constructor("tag:yaml.org,2002:float", _Reader.decimal)


def _read(text: str) -> tuple[yaml.Node | None, Any]:
    reader = _Reader(text)
    try:
        root = reader.get_single_node()
        return root, reader.construct_document(root) if root is not None else None
    finally:
        reader.dispose()


def compose(text: str, file: str) -> tuple[yaml.Node, Any]:
    """The nodes of the file, with their lines, and what they hold; raises BankError."""
    if len(text) > LONGEST:
        raise BankError(f"{file}: {len(text)} characters; a file may have {LONGEST}")
    try:
        root, content = _read(text)
    except RecursionError:
        raise BankError(f"{file}: brackets or lists are nested too deeply") from None
    except _Bound as error:
        raise BankError(f"{file}, line {error.line}: {error}") from None
    except ValueError as error:  # a date that is none, a number with thousands of digits
        raise BankError(f"{file}: a value cannot be read: {error}") from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise BankError(f"{file}, line {line}: this is not YAML: {error.problem}") from None
    except yaml.YAMLError as error:
        raise BankError(f"{file}: this is not YAML: {error}") from None
    if not isinstance(root, yaml.MappingNode):
        raise BankError(f"{file}, line 1: the file must have the fields name, network and exercises")
    return root, content


def in_words(error: ValidationError, root: yaml.Node, file: str) -> str:
    """A line for everything that has the wrong shape."""
    return "\n".join(_sentence(each, root, file) for each in error.errors(include_url=False))


def _sentence(error: ErrorDetails, root: yaml.Node, file: str) -> str:
    place = [part for part in error["loc"] if part not in TAGS]
    where = ".".join(str(part) for part in place)
    match error["type"]:
        case "missing":
            problem = f"the field '{where}' is missing"
        case "extra_forbidden":
            problem = f"there is no field '{where}'"
        case "union_tag_invalid" | "union_tag_not_found":
            problem = _untagged(error, where)
        case "decimal_parsing" if isinstance(error["input"], str):
            problem = f"'{where}': {no_number(error['input'])}"
        case _:
            problem = f"'{where}': {error['msg']}"
    return f"{file}, line {line_of(root, place)}: {problem}"


def _untagged(error: ErrorDetails, where: str) -> str:
    """A kind that there is not: of an exercise its step, of a question its kind."""
    if "kind" in str(error.get("ctx", {}).get("discriminator", "")):
        return f"'{where}.kind' must be one of choice, several, number, expression, order, match"
    return f"'{where}.step' must be one of {', '.join(step.value for step in Step)}"


def line_of(root: yaml.Node, place: Place) -> int:
    """The line of the deepest part of ``place`` that is there."""
    node, line = root, root.start_mark.line
    for part in place:
        found = _children(node).get(part)
        if found is None:
            break
        node, line = found
    return line + 1


def _children(node: yaml.Node) -> dict[str | int, tuple[yaml.Node, int]]:
    """The parts of a YAML node by key or index, each with its line."""
    if isinstance(node, yaml.MappingNode):
        return {key.value: (value, key.start_mark.line) for key, value in node.value}
    items = node.value if isinstance(node, yaml.SequenceNode) else []
    return {index: (item, item.start_mark.line) for index, item in enumerate(items)}
