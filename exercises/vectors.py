"""Networks written with vectors and matrices -> the scalar equations of all their entries.

``z: W*x + b`` over ``shapes: {W: [2, 3], x: [3], b: [2]}`` becomes ``z1: w11*x1 + w12*x2 + w13*x3 + b1`` and
so on, so that everything else follows from the scalar network. What does not fit is named in words.

Legend
------
shape     () of a number, (n,) of a vector, (rows, columns) of a matrix; a vector stands as a column
entry     one number of a vector or matrix: the name in small letters and the indices from 1 on, ``w23``
Block     a shape and the expressions of its entries, row by row
``*``     the product of linear algebra: of a number with anything, of a matrix with a vector or a matrix, and
          of two vectors their dot product, which is shown as ``v^T*h``
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import reduce
from itertools import product
from string import ascii_lowercase

from grader import language
from grader.expression import BOUNDS, Unreadable, read, show
from grader.lexer import key
from grader.network import LOSS, NetworkError
from grader.tree import Binary, Call, Group, Name, Negative, Number, Tree

Shape = tuple[int, ...]
MOST = 9  # rows or columns, so that w23 has one reading
FUNCTIONS: Mapping[str, int] = {"dot": 2, "sum": 1, "mean": 1, "softmax": 1, "transpose": 1}
_CALL = re.compile(rf"(?<![A-Za-z0-9_])({'|'.join(FUNCTIONS)})[ ]*\(")
_WORD = re.compile(r"[A-Za-z]\w*")
_WHOLE = re.compile(r"\w+|\w*\([^()]*\)")  # a name, a call or brackets
_TAKEN = {*FUNCTIONS, *language.FUNCTIONS, *language.ALIASES, *language.CONSTANTS}


@dataclass(frozen=True, slots=True)
class Elaborated:
    """``equations``: of all entries; ``shapes``: of every vector and matrix, given ones and nodes.

    ``shown``: the equations as they were written, for a page to typeset.
    """

    equations: dict[str, str]
    shapes: dict[str, Shape]
    shown: dict[str, str]


@dataclass(frozen=True, slots=True)
class Block:
    """What an expression stands for. ``text``: how it is named in errors."""

    shape: Shape
    entries: tuple[Tree, ...]
    text: str


class _Misfit(ValueError):  # noqa: N818  becomes a NetworkError that names the equation
    """Two shapes that do not fit."""


def entries(name: str, shape: Shape) -> tuple[str, ...]:
    """The names of the entries, row by row.

    >>> entries("W", (2, 2)), entries("yhat", ())
    (('w11', 'w12', 'w21', 'w22'), ('yhat',))
    """
    if not shape:
        return (name,)
    return tuple(name.lower() + "".join(map(str, index)) for index in indices(shape))


def indices(shape: Shape) -> Iterator[tuple[int, ...]]:
    """The index of each entry from 1 on, row by row."""
    return product(*(range(1, size + 1) for size in shape))


def described(shape: Shape) -> str:
    """A shape in words: ``a number``, ``3 entries``, ``2 x 3``."""
    if not shape:
        return "a number"
    if len(shape) == 1:
        return f"{shape[0]} {'entry' if shape[0] == 1 else 'entries'}"
    return f"{shape[0]} x {shape[1]}"


def elaborate(equations: Mapping[str, str], shapes: Mapping[str, Sequence[int]]) -> Elaborated:
    """The scalar network of these equations, in forward order; what ``shapes`` leaves out is a number.

    Raises NetworkError, which names the equation and the shapes that do not fit.
    """
    known = {name: _checked(name, tuple(shape)) for name, shape in shapes.items()}
    leaves = {word for text in equations.values() for word in _WORD.findall(text)} - equations.keys() - _TAKEN
    if unused := sorted(known.keys() - leaves - equations.keys()):
        raise NetworkError(f"'shapes' gives a shape to '{unused[0]}', which is not in the equations")
    found: dict[str, str] = {}
    shown: dict[str, str] = {}
    before = sorted(leaves)
    for place, (name, text) in enumerate(equations.items(), start=1):
        where = f"equation {place}, '{name}'"
        _check_order(text, equations.keys() - set(before), where)
        block = _block(text, known, before, where)
        _check_shape(name, block, known.get(name), where)
        if block.shape:
            known[name] = block.shape
        found |= zip(entries(name, block.shape), map(show, block.entries), strict=True)
        shown[name] = _unbracketed(block.text)
        before.append(name)
    _check_names({**dict.fromkeys(before, ()), **known})
    return Elaborated(found, known, shown)


def _checked(name: str, shape: Shape) -> Shape:
    if len(shape) not in (1, 2) or not all(1 <= size <= MOST for size in shape):
        raise NetworkError(
            f"'shapes' of '{name}': write [entries] for a vector and [rows, columns] for a matrix, "
            f"each from 1 to {MOST}"
        )
    return shape


def _check_order(text: str, late: Set[str], where: str) -> None:
    for word in _WORD.findall(text):
        if word in late:
            raise NetworkError(f"{where}: it uses '{word}', which has no equation before it")


def _check_shape(name: str, block: Block, stated: Shape | None, where: str) -> None:
    """A node's shape against the one that ``shapes`` states; the loss is a number."""
    if stated is not None and stated != block.shape:
        said = f"'shapes' says that {told(name, stated)}"
        raise NetworkError(f"{where}: {said}, but {told(block.text, block.shape)}")
    if name == LOSS and block.shape:
        raise NetworkError(
            f"{where}: {told(block.text, block.shape)}; a loss is one number, as sum(...) makes it"
        )
    if max(block.shape, default=0) > MOST:
        raise NetworkError(f"{where}: {told(block.text, block.shape)}, and at most {MOST} are written out")


def _check_names(shapes: Mapping[str, Shape]) -> None:
    """No two names may have an entry in common."""
    owner: dict[str, str] = {}
    for name, shape in shapes.items():
        for entry in entries(name, shape):
            other = owner.setdefault(key(entry), name)
            if other != name:
                raise NetworkError(
                    f"'{name}' and '{other}' would both be written '{entry}'; rename one of them"
                )


def told(name: str, shape: Shape) -> str:
    """``W is 2 x 3``, ``x has 3 entries``."""
    return f"{name} {'has' if len(shape) == 1 else 'is'} {described(shape)}"


# ---- one equation: calls of this module's functions are cut out, the rest is read as everywhere ------------


def _block(text: str, shapes: Mapping[str, Shape], known: Sequence[str], where: str) -> Block:
    try:
        return _Reading(shapes, known).block(text)
    except _Misfit as error:
        raise NetworkError(f"{where}: {error}") from None
    except Unreadable as error:
        raise NetworkError(f"{where}, character {error.span[0] + 1}: {error}") from None


@dataclass(frozen=True, slots=True)
class _Reading:
    """Reads the right-hand side of one equation. ``known``: the names that it may use."""

    shapes: Mapping[str, Shape]
    known: Sequence[str]

    def block(self, text: str) -> Block:
        """What ``text`` stands for; raises Unreadable and _Misfit."""
        if len(text) > BOUNDS.characters:
            raise Unreadable("too-long", (BOUNDS.characters, len(text)), {"limit": str(BOUNDS.characters)})
        calls: dict[str, Block] = {}
        rest = text
        while match := _CALL.search(rest):
            end = _closing(rest, match.end() - 1)
            stand_in = self._stand_in(len(calls), rest, match.span())
            calls[stand_in] = self._called(match[1], rest, match.end(), end)
            rest = rest[: match.start()] + stand_in.ljust(end + 1 - match.start()) + rest[end + 1 :]
        return self._of(read(rest, [*self.known, *calls], decimal_comma=False), calls)

    def _stand_in(self, number: int, text: str, span: tuple[int, int]) -> str:
        """A name for a call that nobody uses: letters alone, so that it has no other spelling."""
        free = (f"q{letter}" for letter in ascii_lowercase if f"q{letter}" not in map(key, self.known))
        for place, name in enumerate(free):
            if place == number:
                return name
        raise Unreadable("too-many-parts", span, {"limit": str(len(ascii_lowercase))})

    def _called(self, function: str, text: str, start: int, end: int) -> Block:
        """What is between the brackets is read in its own place, so that errors point there."""
        parts = list(_arguments(text, start, end))
        if len(parts) != FUNCTIONS[function]:
            params = {"found": function, "takes": str(FUNCTIONS[function]), "given": str(len(parts))}
            raise Unreadable("arguments", (start, end), params)
        blocks = [self.block(" " * at + text[at:upto]) for at, upto in parts]
        return _apply(function, blocks)

    def _of(self, tree: Tree, calls: Mapping[str, Block]) -> Block:
        match tree:
            case Name(name=name) if name in calls:
                return calls[name]
            case Name(name=name, constant=False):
                shape = self.shapes.get(name, ())
                return Block(shape, tuple(map(Name, entries(name, shape))), name)
            case Group(inner=inner):
                found = self._of(inner, calls)
                return replace(found, text=f"({found.text})")
            case Negative(operand=operand):
                found = self._of(operand, calls)
                return Block(found.shape, tuple(map(Negative, found.entries)), f"-{found.text}")
            case Binary(operator=operator, left=left, right=right):
                return _combined(operator, self._of(left, calls), self._of(right, calls))
            case Call(function=function, arguments=arguments):
                return _mapped(function, [self._of(argument, calls) for argument in arguments])
            case _:
                return Block((), (tree,), show(tree))


def _closing(text: str, start: int) -> int:
    """Where the bracket at ``start`` is closed."""
    depth = 0
    for place in range(start, len(text)):
        depth += {"(": 1, ")": -1}.get(text[place], 0)
        if depth == 0:
            return place
    raise Unreadable("unclosed", (start, start + 1), {"found": "("})


def _arguments(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """From where to where each argument stands."""
    depth = 0
    for place in range(start, end):
        depth += {"(": 1, ")": -1}.get(text[place], 0)
        if depth == 0 and text[place] == ",":
            yield start, place
            start = place + 1
    yield start, end


# ---- the rules: what shapes an operation takes, and what its entries are -----------------------------------


def _apply(function: str, blocks: Sequence[Block]) -> Block:
    first = blocks[0]
    if function == "dot":
        return _dot(first, blocks[1])
    if function == "transpose":
        return _transposed(first)
    if not first.shape:
        raise _Misfit(f"{function} takes a vector, and {told(first.text, first.shape)}")
    text = f"{function}({first.text})"
    if function == "softmax":
        if len(first.shape) != 1:
            raise _Misfit(f"softmax takes a vector, and {told(first.text, first.shape)}")
        grown = [Call("exp", (entry,)) for entry in first.entries]
        return Block(first.shape, tuple(Binary("/", each, _added(grown)) for each in grown), text)
    added, count = _added(first.entries), len(first.entries)
    mean = Binary("/", added, Number(Fraction(count), str(count)))
    return Block((), (mean if function == "mean" else added,), text)


def _transposed(block: Block) -> Block:
    if len(block.shape) != 2:
        raise _Misfit(f"transpose takes a matrix, and {told(block.text, block.shape)}")
    rows, columns = block.shape
    turned = tuple(block.entries[i * columns + j] for j in range(columns) for i in range(rows))
    return Block((columns, rows), turned, f"{_bracketed(block.text)}^T")


def _dot(left: Block, right: Block) -> Block:
    if left.shape != right.shape or len(left.shape) != 1:
        raise _Misfit(f"dot takes two vectors of one length; {_both(left, right)}")
    products = [Binary("*", a, b) for a, b in zip(left.entries, right.entries, strict=True)]
    return Block((), (_added(products),), f"({_bracketed(left.text)}^T*{_bracketed(right.text)})")


def _bracketed(text: str) -> str:
    """A text that stays together under ``^`` and ``*``."""
    return text if _WHOLE.fullmatch(text) else f"({text})"


def _unbracketed(text: str) -> str:
    return text[1:-1] if text[0] == "(" and _closing(text, 0) == len(text) - 1 else text


def _combined(operator: str, left: Block, right: Block) -> Block:
    text = (
        f"{left.text}{operator}{right.text}" if operator in "*/^" else f"{left.text} {operator} {right.text}"
    )
    if operator == "*" and left.shape and right.shape:
        return _product(left, right, text)
    if operator in "+-" and left.shape != right.shape:
        raise _Misfit(f"{_both(left, right)}; both sides of {operator} need the same shape")
    if operator in "/^" and right.shape:
        raise _Misfit(f"{told(right.text, right.shape)}; {operator} takes a number on its right")
    if operator == "^" and len(left.shape) == 2:
        raise _Misfit(f"{told(left.text, left.shape)}; only numbers and vectors are raised to a power")
    return _each(lambda a, b: Binary(operator, a, b), left, right, text)


def _product(left: Block, right: Block, text: str) -> Block:
    """Rows of ``left`` times columns of ``right``."""
    if len(left.shape) == 1:
        if left.shape == right.shape:
            return _dot(left, right)
        needs = (
            "put the matrix first, or transpose it"
            if len(right.shape) == 2
            else "a dot product needs as many"
        )
        raise _Misfit(f"{_both(left, right)}; {needs}")
    inner = left.shape[1]
    if right.shape[0] != inner:
        meets = "rows" if len(right.shape) == 2 else "entries"
        raise _Misfit(f"{_both(left, right)}; the {inner} columns of {left.text} must meet {inner} {meets}")
    columns = right.shape[1] if len(right.shape) == 2 else 1
    sums = (
        _added(
            [Binary("*", left.entries[i * inner + k], right.entries[k * columns + j]) for k in range(inner)]
        )
        for i, j in product(range(left.shape[0]), range(columns))
    )
    return Block((left.shape[0], *right.shape[1:]), tuple(sums), text)


def _mapped(function: str, blocks: Sequence[Block]) -> Block:
    """A function of the language works on every entry; a number as second argument is the same for all."""
    text = f"{function}({', '.join(block.text for block in blocks)})"
    shaped = [block for block in blocks if block.shape]
    if shaped and (blocks[0] is not shaped[0] or any(block.shape != shaped[0].shape for block in shaped)):
        raise _Misfit(f"{_both(*blocks[:2])}; {function} needs the same shape")
    if len(blocks) == 1:
        return Block(blocks[0].shape, tuple(Call(function, (entry,)) for entry in blocks[0].entries), text)
    return _each(lambda a, b: Call(function, (a, b)), blocks[0], blocks[1], text)


def _each(operation: Callable[[Tree, Tree], Tree], left: Block, right: Block, text: str) -> Block:
    """Entry by entry; a number is the same for all entries of the other."""
    size = max(len(left.entries), len(right.entries))
    sides = (side.entries if side.shape else side.entries * size for side in (left, right))
    return Block(left.shape or right.shape, tuple(operation(a, b) for a, b in zip(*sides, strict=True)), text)


def _added(terms: Sequence[Tree]) -> Tree:
    return reduce(lambda total, term: Binary("+", total, term), terms)


def _both(left: Block, right: Block) -> str:
    return f"{told(left.text, left.shape)} and {told(right.text, right.shape)}"
