"""What may be answered to one question: the right answers, and what each wrong rule gives there."""

from __future__ import annotations

from dataclasses import dataclass

from exercises.published import Published
from exercises.question import Question, Variant
from exercises.selftest import right_answers
from exercises.steps import job, question
from grader.diagnosis import wrong_formulas, wrong_numbers
from grader.expression import Unreadable, read, show
from grader.job import AnswerBox
from grader.paper import Asked, Paper, paper
from grader.tree import Tree, names

Answer = str | list[str]
USUAL = 4  # decimals that are typed where none are asked for
LONGEST = 60  # characters that somebody types
FOLK = {  # wrong ideas that no rule of the catalogue has: box -> formula
    "dyhat_dh1": "w3*h1",
    "dyhat_dh2": "w4*h2",
    "grad_w1": "w1*x1 - y",
    "L": "(yhat-y)^2/4",
}


@dataclass(frozen=True, slots=True)
class Wrong:
    """One wrong answer to a box. ``rule`` is empty for an idea that no rule has."""

    rule: str
    number: str
    symbols: str = ""  # the same as an expression, where it is short enough to be typed


@dataclass(frozen=True)
class Key:
    """One question with everything that may be answered to it."""

    published: Published
    variant: Variant
    question: Question
    right: dict[str, Answer]
    symbols: dict[str, str]  # right expressions that are short enough
    wrong: dict[str, tuple[Wrong, ...]]
    paper: Paper | None  # None: nothing is worked out here

    def follows(self, box: str, mine: dict[str, Answer]) -> str | None:
        """What the box comes to if one goes on from one's own earlier boxes; None where that has no value."""
        if self.paper is None or box not in self.paper.asked:
            return None
        asked = self.paper.asked[box]
        own = {}
        for name in asked.earlier:
            try:
                own[name] = read(str(mine.get(name, "")), self.paper.asked[name].box.names)
            except Unreadable:
                return None
        number = self.paper.world.with_answers(own).quantity(asked.formula)
        return None if number is None else typed(float(number), asked.box)


def key_of(published: Published, variant: Variant) -> Key:
    """The key of a published exercise on a variant."""
    asked = question(published, variant)
    right: dict[str, Answer] = dict(right_answers(asked))
    ready = paper(job(asked, published, variant, right)) if variant.values else None
    answers = [box for box in asked.boxes if isinstance(box, AnswerBox)]
    symbols = {box.id: text for box in answers if len(text := box.symbolic or "") <= LONGEST and text}
    wrong = {box.id: _wrong(ready.asked[box.id], ready) for box in answers} if ready else {}
    return Key(published, variant, asked, right, symbols, wrong, ready)


def _wrong(asked: Asked, ready: Paper) -> tuple[Wrong, ...]:
    """What the wrong rules of a box give here, each rule once."""
    assert ready.network is not None
    formulas = dict(wrong_formulas(asked, ready.network)[0])
    found = {
        rule: Wrong(rule, typed(float(number), asked.box), _shown(formulas[rule], asked.box))
        for rule, number in reversed(wrong_numbers(asked, ready))
    }
    return (*reversed(found.values()), *_folk(asked, ready))


def _folk(asked: Asked, ready: Paper) -> tuple[Wrong, ...]:
    text = FOLK.get(asked.box.id)
    if text is None:
        return ()
    try:
        tree = read(text, asked.box.names)
    except Unreadable:
        return ()
    number = ready.world.quantity(tree)
    return () if number is None else (Wrong("", typed(float(number), asked.box), text),)


def _shown(tree: Tree, box: AnswerBox) -> str:
    text = show(tree)
    return text if len(text) <= LONGEST and names(tree) <= {*box.names} else ""


def typed(number: float, box: AnswerBox) -> str:
    """A number as a student types it: as many decimals as are asked, without zeros at the end."""
    decimals = USUAL if box.tolerance.decimals is None else box.tolerance.decimals
    text = f"{number:.{decimals}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text
