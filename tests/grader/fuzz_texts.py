"""Texts that nobody would think of, the same for the same seed.

grown      random sentences of the language in its many spellings, most of them readable
slipped    a grown text with a few slips: a scrap put in, taken out, doubled or reversed
bent       a text of the tables or of the hostile corpus with slips in it, or spliced with another
scrambled  characters of all planes, bytes, or scraps in any order
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from functools import cache
from itertools import cycle, islice
from pathlib import Path

TABLES = Path(__file__).parents[1] / "tables"
LONG = 2000  # characters; longer texts are refused at once
_LEAVES = """
    x1 w1 w_1 w_{1} w₁ w3 h1 h_{1} y ŷ yhat y_hat \\hat{y} α alpha \\alpha dL/dyhat ∂L/∂ŷ dL_dyhat pi π e
    2(ŷ-y)h₁ -2*(y-yhat)*h1 (yhat-y)
    2 0.5 .5 3. 1e-3 0,5 1/3 ½ 12 0 1 -0.36 -0.6 9e-2 1e30 7^9 \\frac{dL}{d\\hat{y}} \\frac12 w3x1 2h1
"""
_ONE = """
    ({}) [{}] -{} +{} exp({}) ln({}) sqrt({}) √({}) \\sqrt{{{}}} |{}| {}² {}^2 {}^{{-1}} ({})^0.5 ({})^9999
    sigmoid({}) σ({}) tanh({}) relu({}) relu'({}) sigmoid'({}) leaky({}) abs({}) sin({}) cos({}) tan({})
    cosh({}) sinh({}) \\left({}\\right) \\tanh{{{}}} \\max\\{{{},1\\}}
"""
_TWO = """
    {}+{}|{} - {}|{}*{}|{}·{}|{}×{}|{}/{}|{}÷{}|{}^{}|{}^{{{}}}|{} {}|({})({})|max({}; {})|min({}, {})
    |\\frac{{{}}}{{{}}}|{}\\cdot {}|{}**({})|({})/({})|leaky({}, {})
"""
LEAVES, ONE = _LEAVES.split(), _ONE.split()
TWO = [shape.strip() for shape in _TWO.split("|")]
SCRAPS = (
    *LEAVES,
    *"()[]{}|+-−*·×/^²⁻¹,;=%_'′é $\\~!<&#@:.0123456789eEdLwxyŷ½²",
    *(
        "**",
        "\\frac",
        "\\cdot",
        "\\sqrt[",
        "\\left",
        "exp(",
        "max(",
        "9999999999",
        "\u200b",
        "\u0302",
        "\u202e",
        "\x00",
        "\ud800",
    ),
    *(
        "__import__",
        "lambda",
        "{{7*7}}",
        "<b>",
        "';--",
        "٣",
        "\uff11",
        "\U0001d465",
        "\t",
        "\n",
        "∞",
        "inf",
        "nan",
    ),
)


@cache
def seeds() -> tuple[str, ...]:
    """The texts that are bent: every row of the tables, but for the 100 kB ones."""
    found = [row["text"] for row in json.loads((TABLES / "reading.json").read_text(encoding="utf-8"))["rows"]]
    found += [
        row["text"] for row in json.loads((TABLES / "hostile.json").read_text(encoding="utf-8"))["rows"]
    ]
    for row in json.loads((TABLES / "equal.json").read_text(encoding="utf-8")):
        found += row["forms"]
    return tuple(text for text in found if len(text) < LONG)


def texts(seed: int, count: int) -> Iterator[str]:
    """``count`` texts, the same for the same seed."""
    chance = random.Random(seed)
    return islice((source(chance) for source in cycle((grown, slipped, grown, bent, scrambled))), count)


def grown(chance: random.Random) -> str:
    """A sentence of the language, of up to a few dozen parts; now and then a long or a deep one."""
    if chance.random() < 0.02:
        return chance.choice(("{}+", "{} ", "({}", "-{}", "{}^", "|{}|", "exp({}")).format(
            chance.choice(LEAVES)
        ) * (chance.choice((30, 40, 400)))
    return _sentence(chance, chance.choice((1, 2, 2, 3, 3, 4, 6)))


def _sentence(chance: random.Random, depth: int) -> str:
    if depth == 0 or chance.random() < 0.15:
        return chance.choice(LEAVES)
    if chance.random() < 0.4:
        return chance.choice(ONE).format(_sentence(chance, depth - 1))
    shape = chance.choice(TWO)
    return shape.format(_sentence(chance, depth - 1), _sentence(chance, chance.randrange(depth)))


def slipped(chance: random.Random) -> str:
    """A sentence with slips of the pen."""
    return _slips(chance, grown(chance))


def bent(chance: random.Random) -> str:
    """A text of the corpus, as it is spliced with another or with slips in it."""
    text = chance.choice(seeds())
    if chance.random() < 0.3:
        other = chance.choice(seeds())
        return text[: chance.randrange(len(text) + 1)] + other[chance.randrange(len(other) + 1) :]
    return _slips(chance, text)


def scrambled(chance: random.Random) -> str:
    """Characters of all planes, bytes read as Latin-1, or scraps in any order."""
    size = chance.choice((1, 3, 10, 40))
    sort = chance.randrange(3)
    if sort == 0:
        return "".join(
            chr(chance.randrange(chance.choice((0x80, 0x400, 0x3000, 0x110000)))) for _ in range(size)
        )
    if sort == 1:
        return chance.randbytes(size).decode("latin-1")
    return "".join(chance.choice(SCRAPS) for _ in range(size))


def _slips(chance: random.Random, text: str) -> str:
    for _ in range(chance.choice((1, 1, 2, 4))):
        at = chance.randrange(len(text) + 1)
        end = min(len(text), at + chance.choice((0, 0, 1, 1, 2, 5)))
        piece = chance.choice((chance.choice(SCRAPS), "", text[at:end] * 2, text[at:end][::-1]))
        text = text[:at] + piece + text[end:]
    return text
