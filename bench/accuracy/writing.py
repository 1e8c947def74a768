"""How terms are written for an engine, with no more brackets than are needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from bench.accuracy.terms import DEFINED, Term, is_number, plain

_STRENGTH = {"+": 1, "-": 1, "*": 2, "/": 2, "neg": 3, "^": 4}
_ATOM = 5
# The least strength of each operand that needs no brackets.
_OPERANDS = {"+": (1, 1), "-": (1, 2), "*": (2, 2), "/": (2, 3), "^": (5, 5), "neg": (4,)}
_SIGNS = {"+": "{}+{}", "-": "{}-{}", "*": "{}*{}", "/": "{}/{}", "^": "{}^{}", "neg": "-{}"}


@dataclass(frozen=True, slots=True)
class Dialect:
    """``parts``: operation or function -> template, of what is not written as in the language of answers.

    ``knows``: the functions of DEFINED that need not be worked out; ``names``: what variables are called, if
    not by their own names; ``closed``: operations whose template keeps their parts apart without brackets;
    ``decimals``: whether 1e-12 is written out.
    """

    parts: Mapping[str, str] = field(default_factory=dict)
    knows: frozenset[str] = frozenset()
    names: tuple[str, ...] = ()
    closed: frozenset[str] = frozenset()
    decimals: bool = False

    def pair(self, left: Term, right: Term, variables: Sequence[str]) -> tuple[str, str, list[str]]:
        """Both sides, and the names of the variables, as this engine wants them."""
        own = dict(zip(variables, self.names or variables, strict=False))
        sides = [self.write(plain(side, self.knows), own) for side in (left, right)]
        return sides[0], sides[1], list(own.values())

    def write(self, term: Term, own: Mapping[str, str] = {}) -> str:
        """One term; ``own``: other names for variables."""
        if isinstance(term, str):
            return self._number(term) if is_number(term) else own.get(term) or self.parts.get(term, term)
        operation, parts = str(term[0]), term[1:]
        template = self.parts.get(operation) or _SIGNS.get(operation)
        if template is None:
            return f"{operation}({', '.join(self.write(part, own) for part in parts)})"
        if operation in self.closed or operation not in _SIGNS:
            return template.format(*(self.write(part, own) for part in parts))
        return template.format(*self._operands(operation, parts, own))

    def _operands(self, operation: str, parts: Sequence[Term], own: Mapping[str, str]) -> list[str]:
        written = []
        for place, (part, least) in enumerate(zip(parts, _OPERANDS[operation], strict=True)):
            text = self.write(part, own)
            weak = self._strength(part) < least or (place and text.startswith("-"))
            written.append(f"({text})" if weak else text)
        return written

    def _strength(self, term: Term) -> int:
        """How strongly it holds together; a closed quotient is still taken as a product."""
        return _ATOM if isinstance(term, str) else _STRENGTH.get(str(term[0]), _ATOM)

    def _number(self, text: str) -> str:
        if "e" not in text:
            return text
        return f"{Decimal(text):f}" if self.decimals else f"({text})"


_ALL = frozenset(DEFINED)
_LETTERS = tuple("abcghjklmnopqrstuvwxyz")  # d, e, f and i mean something elsewhere
_INDEXED = tuple(f"x_{{{number}}}" for number in range(1, 30))  # a letter at the end is taken for a unit

ANSWERS = Dialect({f"{name}_slope": f"{name}'({{}})" for name in ("sigmoid", "tanh", "relu")}, knows=_ALL)
PYTHON = Dialect({"^": "{}**{}"}, knows=_ALL)
EDX = Dialect(knows=_ALL - {"max", "min"}, decimals=True)
MAXIMA = Dialect({"ln": "log({})", "pi": "%pi"}, knows=_ALL)
KAS = Dialect({"exp": "(e^({}))"}, names=_LETTERS, decimals=True)
LATEX = Dialect(
    {
        "*": r"{} \cdot {}",
        "/": r"\frac{{{}}}{{{}}}",
        "^": "{}^{{{}}}",
        "exp": "{{e^{{{}}}}}",
        "sqrt": r"\sqrt{{{}}}",
        "abs": r"\left|{}\right|",
        "pi": r"\pi",
    }
    | {name: rf"\{name}({{}})" for name in ("ln", "sin", "cos", "tan", "sinh", "cosh", "tanh")},
    names=_INDEXED,
    closed=frozenset("/"),
    decimals=True,
)


def show(term: Term) -> str:
    """A term in the language of answers."""
    return ANSWERS.write(term)
