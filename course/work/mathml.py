"""Math of the platform's own language as MathML, as plain characters and inside prose.

Everything shown is printed from a tree of the bounded reader, so nothing that was typed is ever put into a
page unread. ``w3_new`` is the weight after the step and is shown with a prime; ``dA_dB`` and ``grad_w`` are
derivatives and are shown as fractions.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from grader.expression import read
from grader.language import FUNCTIONS
from grader.matrix import Matrix, read_matrix
from grader.tree import Binary, Call, Group, Name, Negative, Number, Tree, names

COLOURS = 4  # of links, in css/app.css
GREEK = {"alpha": "α", "beta": "β", "eta": "η", "sigma": "σ", "theta": "θ", "delta": "δ", "pi": "π"}
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_IDENTIFIER = re.compile(r"[A-Za-z_]\w*")
_INDEXED = re.compile(r"([A-Za-z]+)(\d*)(?:_(\w+))?")  # x1_a: letters, a number, whatever else it is of
_RELATION = re.compile(r"([=<>])")
_MATH_IN_PROSE = re.compile(r"`([^`]*)`([.,;:?!)”]*)")  # math, and the marks that must not leave it
_DERIVATIVE = re.compile(r"d([A-Za-z]\w*?)_d(\w+)")


def _derivative(name: str) -> tuple[str, str] | None:
    """What a derivative's name is made of: ``dL_dw1`` and ``grad_w1`` are both (L, w1)."""
    if name.startswith("grad_"):
        return "L", name.removeprefix("grad_")
    match = _DERIVATIVE.fullmatch(name)
    return (match[1], match[2]) if match else None


def plain_symbol(name: str) -> str:
    """One name in plain characters, for titles, labels of pictures and screen readers: ``w₁``, ``ŷ``."""
    parts = _derivative(name)
    if parts:
        return f"∂{plain_symbol(parts[0])}/∂{plain_symbol(parts[1])}"
    base, prime = (name.removesuffix("_new"), "′") if name.endswith("_new") else (name, "")
    letters, number, more = indexed(base)
    of = f" {plain_symbol(more)}" if more else ""
    return (
        ("ŷ" if letters == "yhat" else GREEK.get(letters, letters))
        + number.translate(SUBSCRIPTS)
        + of
        + prime
    )


def indexed(name: str) -> tuple[str, str, str]:
    """The letters of a name, its number, and what else it is of: ``x1_a`` is x, 1, a and ``w_3`` is w, 3."""
    match = _INDEXED.fullmatch(name)
    letters, number, more = match.groups("") if match else (name, "", "")
    return (letters, more, "") if more.isdigit() and not number else (letters, number, more)


_DEL = '<mo lspace="0" rspace="0">∂</mo>'
_SLASH = '<mo lspace="0" rspace="0">/</mo>'
_PRIME = '<mo lspace="0" rspace="0">′</mo>'
_YHAT = '<mover accent="true"><mi>y</mi><mo stretchy="false">ˆ</mo></mover>'


def _brackets(inner: str, left: str = "(", right: str = ")") -> str:
    return f'<mrow><mo stretchy="false">{left}</mo>{inner}<mo stretchy="false">{right}</mo></mrow>'


def _bare(tree: Tree) -> Tree:
    return tree.inner if isinstance(tree, Group) else tree


def _is_symbol(tree: Tree) -> bool:
    return isinstance(tree, Name) and _derivative(tree.name) is None


def _tight(left: Tree, right: Tree) -> bool:
    """A product without a dot: two symbols, a number before one, a bracket with names after either."""
    bracket = isinstance(right, Group) and bool(names(right))
    return (_is_symbol(left) or isinstance(left, Number)) and (_is_symbol(right) or bracket)


@dataclass(frozen=True, slots=True)
class Printer:
    """Prints trees as MathML, in the order in which they were typed.

    Derivatives in ``links`` carry the number of their link and its colour; ``flat``: derivatives stand on one
    line, for prose.
    """

    links: Mapping[str, int] = field(default_factory=dict)
    flat: bool = False

    def symbol(self, name: str) -> str:
        """One name."""
        parts = _derivative(name)
        if parts:
            above, below = (f"<mrow>{_DEL}{self.symbol(part)}</mrow>" for part in parts)
            return f"<mrow>{above}{_SLASH}{below}</mrow>" if self.flat else f"<mfrac>{above}{below}</mfrac>"
        base, prime = (name.removesuffix("_new"), _PRIME) if name.endswith("_new") else (name, "")
        letters, number, more = indexed(base)
        letter = _YHAT if letters == "yhat" else f"<mi>{escape(GREEK.get(letters, letters))}</mi>"
        index = (f"<mn>{number}</mn>" if number else "") + (self.symbol(more) if more else "")
        if not index:
            return f"<msup>{letter}{prime}</msup>" if prime else letter
        below = f"<mrow>{index}</mrow>" if number and more else index
        return f"<msubsup>{letter}{below}{prime}</msubsup>" if prime else f"<msub>{letter}{below}</msub>"

    def tree(self, tree: Tree) -> str:
        """A tree, without the ``<math>`` around it."""
        match tree:
            case Number(text=text):
                return f"<mn>{escape(text)}</mn>"
            case Name(name=name):
                return self._name(name)
            case Negative(operand=operand):
                return f"<mrow><mo>−</mo>{self.tree(operand)}</mrow>"
            case Group(inner=inner):
                return _brackets(self.tree(inner))
            case Binary():
                return self._binary(tree)
            case Call():
                return self._call(tree)

    def _name(self, name: str) -> str:
        link, inner = self.links.get(name), self.symbol(name)
        return f'<mrow class="f {colour(link)}" data-link="{link}">{inner}</mrow>' if link else inner

    def _row(self, tree: Tree) -> str:
        return f"<mrow>{self.tree(tree)}</mrow>"

    def _binary(self, tree: Binary) -> str:
        left, right = tree.left, tree.right
        match tree.operator:
            case "/":
                return f"<mfrac>{self._row(_bare(left))}{self._row(_bare(right))}</mfrac>"
            case "^":
                return f"<msup>{self._row(left)}{self._row(_bare(right))}</msup>"
            case "*":
                sign = "\u2062" if _tight(left, right) else "⋅"
            case operator:
                sign = "−" if operator == "-" else operator
        return f"{self.tree(left)}<mo>{sign}</mo>{self.tree(right)}"

    def _call(self, tree: Call) -> str:
        inside = "<mo>,</mo>".join(self.tree(argument) for argument in tree.arguments)
        if tree.function == "sqrt":
            return f"<msqrt>{inside}</msqrt>"
        if tree.function == "abs":
            return _brackets(inside, "|", "|")
        return f"<mi>{escape(tree.function)}</mi><mo>\u2061</mo>{_brackets(inside)}"

    def matrix(self, matrix: Matrix) -> str:
        """Rows and columns in brackets."""
        rows = ("".join(f"<mtd>{self.tree(entry)}</mtd>" for entry in row) for row in matrix.rows)
        table = "".join(f"<mtr>{row}</mtr>" for row in rows)
        return f"<mrow><mo>[</mo><mtable>{table}</mtable><mo>]</mo></mrow>"

    def side(self, text: str) -> str:
        """A side of a relation that the program itself wrote: an expression, or a matrix in brackets."""
        if text.strip().startswith("["):
            return self.matrix(read_matrix(text, sorted(set(_IDENTIFIER.findall(text)) - set(FUNCTIONS))))
        return self.tree(parse(text))

    def relation(self, text: str) -> str:
        """An expression or a chain of relations: ``L = (y - yhat)^2``, ``dL_dw > 0``."""
        parts = _RELATION.split(text)
        return "".join(
            f"<mo>{escape(part)}</mo>" if index % 2 else self.side(part) for index, part in enumerate(parts)
        )


def colour(link: int | None) -> str:
    """The class of a link's colour; behind the last colour they come round again."""
    return f"k{(link - 1) % COLOURS + 1}" if link else ""


def parse(text: str) -> Tree:
    """Read math that the program itself wrote: every identifier in it is a name, but for functions."""
    text = text.strip()
    if _IDENTIFIER.fullmatch(text):
        return Name(text)
    return read(text, sorted(set(_IDENTIFIER.findall(text)) - set(FUNCTIONS)))


def _math(inner: str, attributes: str = "") -> SafeString:
    html = f'<math{attributes} dir="ltr"><mrow>{inner}</mrow></math>'
    return mark_safe(html)  # noqa: S308 - printed from a tree


def equation(text: str, links: Mapping[str, int]) -> SafeString:
    """An equation of its own, with links in their colours; it may break before each term of a sum."""
    first, *further = _summands(text)
    printer = Printer(links)
    terms = [printer.relation(first), *("<mo>+</mo>" + printer.relation(term) for term in further)]
    shown = "".join(_math(term, ' display="block"') for term in terms)
    return mark_safe(shown)  # noqa: S308 - printed from trees


def _summands(text: str) -> list[str]:
    """The parts between plus signs that stand in no bracket."""
    parts, depth = [""], 0
    for piece in re.split(r"( \+ |[()])", text):
        depth += {"(": 1, ")": -1}.get(piece, 0)
        if piece == " + " and depth == 0:
            parts.append("")
        else:
            parts[-1] += piece
    return parts


def typeset(read: Tree | Matrix) -> SafeString:
    """A tree or a matrix as ``<math>``, in the order in which it was typed."""
    return _math(Printer().matrix(read) if isinstance(read, Matrix) else Printer().tree(read))


@lru_cache(maxsize=4096)
def math(text: str) -> SafeString:
    """A label or an equation."""
    return _math(Printer().relation(text))


@lru_cache(maxsize=512)
def line(text: str) -> SafeString:
    """A chain of equations that may break before each further equals sign, as on a phone."""
    first, *further = text.split("=")
    sides = [f"{first}={further[0]}", *further[1:]] if further else [first]
    equals = "<mo>=</mo>"
    shown = [_math((equals if index else "") + Printer().relation(side)) for index, side in enumerate(sides)]
    return mark_safe(" ".join(shown))  # noqa: S308 - printed from trees


@lru_cache(maxsize=4096)
def prose(text: str) -> SafeString:
    """Prose with math between backticks, as HTML."""
    flat = Printer(flat=True)
    words, *pairs = _MATH_IN_PROSE.split(text)
    html: list[str] = [escape(words)]
    for math_text, mark, after in zip(pairs[::3], pairs[1::3], pairs[2::3], strict=True):
        shown = _math(flat.relation(math_text))
        html += [f'<span class="nb">{shown}{escape(mark)}</span>' if mark else shown, escape(after)]
    return mark_safe("".join(html))  # noqa: S308 - every part is escaped or printed from a tree


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """The same prose in plain characters, for titles and labels."""
    parts = text.split("`")
    return "".join(plain_math(part) if index % 2 else part for index, part in enumerate(parts))


def plain_math(text: str) -> str:
    """An expression in plain characters."""
    swapped = _IDENTIFIER.sub(lambda match: plain_symbol(match[0]), text)
    return swapped.replace("*", "·").replace("-", "−").replace("^2", "²")
