"""Tokens -> tree, by operator precedence.

Strengths: ``+ -`` 1, ``* /`` and products without a sign 2, a leading minus 3, ``^`` 4 (from the right).
Every nested thing counts towards the bound on depth, so the parser's own recursion is bounded too.
"""

from __future__ import annotations

from typing import TypeVar

from grader.complaints import missing_operand, two_divisions, two_powers, unexpected, without_brackets
from grader.language import BOUNDS, FUNCTIONS, VULGAR
from grader.lexer import Token
from grader.numerals import literal
from grader.tree import Binary, Call, Group, Name, Negative, Number, Span, Tree
from grader.unreadable import Unreadable, mended

SIGN, POWER = 3, 4
STRENGTH = {"+": 1, "-": 1, "*": 2, "/": 2, "^": POWER, "power": POWER}
CLOSING = {"(": ")", "[": "]", "{": "}", "|": "|"}
_FACTORS = frozenset({"name", "constant", "function", "(", "[", "frac"})  # may follow without a sign
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_Node = TypeVar("_Node", Number, Name, Negative, Binary, Call, Group)


class Parser:
    """One reading of one text."""

    def __init__(self, text: str, tokens: list[Token]) -> None:
        self.text = text
        self.tokens = tokens
        self.place = 0
        self.nodes = 0
        self.depth = 0
        self.opened: list[Token] = []  # brackets and bars that wait for their partner
        self.loose: set[int] = set()  # numbers of open brackets at which a factor follows a bar: |a|b

    def whole(self) -> Tree:
        """The tree of the whole text."""
        if self.tokens[0].kind == "end":
            raise Unreadable("empty", (0, len(self.text)))
        tree = self.expression(0)
        if self.tokens[self.place].kind != "end":
            raise unexpected(self.text, self.tokens, self.place, self.opened)
        return tree

    def expression(self, floor: int) -> Tree:
        """Everything from here on that binds more strongly than ``floor``."""
        left = self.operand()
        while True:
            token = self.tokens[self.place]
            strength = STRENGTH.get(token.kind)
            if strength is None:
                if floor >= STRENGTH["*"] or not self.starts_factor(token):
                    return left
                self.check_bars(token)
                left = self.binary("*", left, self.expression(STRENGTH["*"]), implicit=True)
            elif strength <= floor:
                return left
            elif strength == POWER:
                left = self.power(left, token)
            else:
                self.place += 1
                right = self.expression(strength)
                if token.kind == "/" and self.starts_factor(self.tokens[self.place]):
                    self.refuse_division(left, right)
                left = self.binary(token.kind, left, right)

    def operand(self) -> Tree:
        """A number, a name, brackets, a call, or any of them behind a sign."""
        token = self.tokens[self.place]
        kind = token.kind
        if kind in ("name", "constant"):
            self.place += 1
            return self.count(Name(token.text, kind == "constant", (token.start, token.end)))
        if kind == "number":
            self.place += 1
            return self.count(literal(token.text, (token.start, token.end)))
        if kind in ("(", "["):
            return self.count(Group(*self.bracketed(token)))
        if kind == "function":
            return self.call(token)
        return self.rarer_operand(token)

    def rarer_operand(self, token: Token) -> Tree:
        if token.kind in ("+", "-"):
            return self.signed(token)
        if token.kind == "|":
            inner, span = self.bracketed(token)
            return self.count(Call("abs", (inner,), span))
        if token.kind == "frac":
            return self.fraction(token)
        if token.kind == "vulgar":
            return self.vulgar(token)
        raise missing_operand(self.text, self.tokens, self.place)

    def signed(self, token: Token) -> Tree:
        self.enter(token)
        self.place += 1
        operand = self.expression(SIGN)
        self.depth -= 1
        if token.kind == "+":
            return operand
        return self.count(Negative(operand, (token.start, operand.span[1])))

    def power(self, left: Tree, token: Token) -> Tree:
        if self.tokens[self.place - 1].slashed or isinstance(left, Binary):
            fix = mended(self.text, left.span, f"({self.text[slice(*left.span)]})")
            raise Unreadable("bare-base", left.span, {"found": self.text[slice(*left.span)]}, fix)
        self.enter(token)
        self.place += 1
        if token.kind == "power":
            right = self.raised(token)
        elif self.tokens[self.place].kind == "{":
            right = self.braced()
        else:
            right = self.expression(SIGN)
            self.refuse_power(left, right)
        self.depth -= 1
        _check_exponent(right)
        return self.binary("^", left, right)

    def raised(self, token: Token) -> Tree:
        digits = token.text.translate(_RAISED)
        span = (token.start, token.end)
        number = self.count(literal(digits.lstrip("+-"), span))
        return self.count(Negative(number, span)) if digits[0] == "-" else number

    def fraction(self, token: Token) -> Tree:
        self.place += 1
        self.part_pair()
        quotient = self.binary("/", self.part(), self.part())
        return self.count(Group(quotient, (token.start, self.tokens[self.place - 1].end)))

    def part_pair(self) -> None:
        r"""``\frac12`` and ``\frac xy``: TeX takes one sign for each part, and two are all that there is."""
        first, second, third = (*self.tokens[self.place :], self.tokens[-1], self.tokens[-1])[:3]
        if first.kind == "number" and first.text.isdigit() and first.end - first.start == 2:
            middle = first.start + 1
            self.tokens[self.place : self.place + 1] = [
                first._replace(text=first.text[0], end=middle),
                first._replace(text=first.text[1], start=middle),
            ]
        elif first.end - first.start == second.end - second.start == 1 and second.glued and not third.glued:
            self.tokens[self.place + 1] = second._replace(glued=False)

    def part(self) -> Tree:
        r"""A part of a LaTeX fraction: in braces, or one sign that is no piece of more, as in ``\frac1x``."""
        token, following = self.tokens[self.place], self.tokens[min(self.place + 1, len(self.tokens) - 1)]
        is_short = token.end - token.start == 1 or self.text[token.start : token.start + 1] == "\\"
        is_plain = token.kind in ("number", "name", "constant") and is_short
        if is_plain and not token.glued and not following.glued and following.kind not in ("^", "power"):
            return self.operand()
        return self.braced()

    def vulgar(self, token: Token) -> Tree:
        """``½`` is (1/2)."""
        self.place += 1
        span = (token.start, token.end)
        above, below = (self.count(literal(digits, span)) for digits in VULGAR[token.text])
        return self.count(Group(self.binary("/", above, below), span))

    def braced(self) -> Tree:
        """LaTeX's braces: they show nothing, so they become brackets only where brackets are needed."""
        token = self.tokens[self.place]
        if token.kind != "{":
            raise Unreadable("braces-missing", (token.start, token.end))
        inner, span = self.bracketed(token)
        return self.count(Group(inner, span)) if isinstance(inner, Binary | Negative) else inner

    def bracketed(self, token: Token) -> tuple[Tree, Span]:
        """What stands between this opening bracket or bar and its partner, and the span of all of it."""
        self.open(token)
        inner = self.expression(0)
        return inner, (token.start, self.close(token))

    def open(self, token: Token) -> None:
        self.enter(token)
        self.opened.append(token)
        self.place += 1
        following = self.tokens[self.place]
        if token.kind != "|" and following.kind == CLOSING[token.kind]:
            raise Unreadable("empty-brackets", (token.start, following.end))

    def close(self, token: Token) -> int:
        closing = self.tokens[self.place]
        if closing.kind != CLOSING[token.kind]:
            raise unexpected(self.text, self.tokens, self.place, self.opened)
        self.loose.discard(len(self.opened))
        self.opened.pop()
        self.depth -= 1
        self.place += 1
        return closing.end

    def call(self, token: Token) -> Tree:
        self.place += 1
        bracket = self.tokens[self.place]
        if bracket.kind not in ("(", "[") and not (bracket.kind == "{" and token.text == "sqrt"):
            raise without_brackets(self.text, self.tokens, self.place - 1)
        if self.text[token.start : token.start + 5] == "\\sqrt" and self.text[bracket.start] == "[":
            raise Unreadable("root-index", (token.start, bracket.end))
        fewest, most = FUNCTIONS[token.text]
        self.open(bracket)
        arguments = [self.expression(0)]
        while self.tokens[self.place].kind in (";", ","):
            self.place += 1
            arguments.append(self.expression(0))
        span = (token.start, self.close(bracket))
        if not fewest <= len(arguments) <= most:
            takes = f"{fewest}" if fewest == most else f"{fewest}-{most}"
            params = {"found": token.text, "takes": takes, "given": str(len(arguments))}
            raise Unreadable("arguments", span, params)
        return self.count(Call(token.text, tuple(arguments), span))

    def starts_factor(self, token: Token) -> bool:
        """Whether a product without a sign goes on here; a bar does so unless it closes one."""
        return token.kind in _FACTORS or (
            token.kind == "|" and not (self.opened and self.opened[-1].kind == "|")
        )

    def binary(self, operator: str, left: Tree, right: Tree, *, implicit: bool = False) -> Binary:
        return self.count(Binary(operator, left, right, implicit, (left.span[0], right.span[1])))

    def count(self, node: _Node) -> _Node:
        self.nodes += 1
        if self.nodes > BOUNDS.nodes:
            raise Unreadable("too-many-parts", (0, len(self.text)), {"limit": str(BOUNDS.nodes)})
        return node

    def enter(self, token: Token) -> None:
        self.depth += 1
        if self.depth > BOUNDS.depth:
            raise Unreadable("too-deep", (token.start, token.end), {"limit": str(BOUNDS.depth)})

    def check_bars(self, token: Token) -> None:
        """Refuse ``|a|b|c|``: which bar closes which?"""
        after_bar = self.tokens[self.place - 1].kind == "|"
        if token.kind != "|" and after_bar:
            self.loose.add(len(self.opened))
        elif token.kind == "|" and not after_bar and len(self.opened) in self.loose:
            raise Unreadable("two-bars", (token.start, token.end))

    def refuse_division(self, left: Tree, right: Tree) -> None:
        """``a/bc``: engines disagree about it, so any silent reading is wrong for someone."""
        start = self.tokens[self.place].start
        while self.starts_factor(self.tokens[self.place]):
            end = self.expression(STRENGTH["*"]).span[1]
        raise two_divisions(self.text, left.span, right.span, (start, end))

    def refuse_power(self, left: Tree, right: Tree) -> None:
        """``x^ab`` and ``e^2x``: where does the exponent end?"""
        before, token = self.tokens[self.place - 1], self.tokens[self.place]
        is_e = isinstance(left, Name) and left.constant and left.name == "e"
        loose = before.kind in ("number", "vulgar", "name", "constant") and token.kind in (
            "name",
            "constant",
            "function",
        )
        if not loose or not (token.glued or (is_e and before.end == token.start)):
            return
        last = self.place
        while self.tokens[last + 1].glued:
            last += 1
        raise two_powers(self.text, left.span, right.span, (token.start, self.tokens[last].end))


def _check_exponent(right: Tree) -> None:
    number = right
    while isinstance(number, Group | Negative):
        number = number.inner if isinstance(number, Group) else number.operand
    if isinstance(number, Number) and number.value > BOUNDS.power:
        raise Unreadable("power-range", right.span, {"limit": str(BOUNDS.power)})
