"""What can be wrong with a quiz or a broken loop that has the right shape, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isfinite

from exercises.asked import (
    AnyQuestion,
    Asked,
    AskedDebugging,
    AskedQuiz,
    ChoiceQuestion,
    Choosable,
    ExpressionQuestion,
    MatchQuestion,
    NumberQuestion,
    OrderQuestion,
    SeveralQuestion,
)
from exercises.debugging.faults import BY_ID, HEALTHY
from exercises.debugging.instruments import COSTS
from exercises.debugging.trainer import fitting
from exercises.places import Place
from exercises.said import unreadable_math
from exercises.structure import chains
from grader.expression import read
from grader.formula import DERIVATIVE
from grader.network import RATE, Network, NetworkError
from grader.numeric import evaluate, quantities
from grader.tree import names
from grader.unreadable import Unreadable

Problem = tuple[Place, str]


def problems_told(asked: Asked, network: Network | None, *, is_plain: bool) -> Iterator[Problem]:
    """What is wrong with a quiz or a broken loop; ``network``: None where its file has none;
    ``is_plain``: the update rule is plain gradient descent."""
    if isinstance(asked, AskedQuiz):
        yield from problems_quiz(asked, network)
    if isinstance(asked, AskedDebugging) and network is not None:
        yield from problems_debugging(asked, network, {*network.leaves, RATE}, is_plain)


def problems_debugging(
    asked: AskedDebugging, network: Network, leaves: set[str], plain: bool
) -> Iterator[Problem]:
    """What is wrong with a broken loop; ``plain``: the update rule is plain gradient descent."""
    if not plain:
        yield (), "a broken loop needs the plain update rule"
    can = (*fitting(network), HEALTHY)
    named = [("fault", asked.fault)] if asked.fault else []
    for where, fault in [*named, *(("faults", each) for each in asked.faults or ())]:
        if fault not in BY_ID:
            yield (where,), f"there is no fault '{fault}'; there are {', '.join(sorted(BY_ID))}"
        elif fault not in can:
            yield (where,), f"this network has no part that the fault '{fault}' breaks"
    for name in sorted(asked.start.keys() - leaves):
        yield ("start", name), f"'{name}' is not a leaf of this network"
    for kind in sorted(asked.costs.keys() - COSTS.keys()):
        yield ("costs", kind), f"there is no instrument '{kind}'; there are {', '.join(sorted(COSTS))}"


def problems_quiz(asked: AskedQuiz, network: Network | None) -> Iterator[Problem]:
    """What is wrong with a quiz; ``network``: None where its file has none."""
    if asked.draw and asked.draw > len(asked.questions):
        yield ("draw",), f"'draw' is {asked.draw}, and there are {len(asked.questions)} questions"
    for index, question in enumerate(asked.questions):
        for place, problem in _problems_question(question, network):
            yield ("questions", index, *place), problem
        for text in _texts(question):
            for problem in unreadable_math(text):
                yield ("questions", index), problem


def _texts(question: AnyQuestion) -> Iterator[str]:
    yield from (question.prompt, question.nudge, question.why)
    match question:
        case ChoiceQuestion():
            options = (*question.options, *(question.reason.options if question.reason else ()))
            yield from (text for each in options for text in (each.text, each.says))
            if question.reason:
                yield from (question.reason.prompt, question.reason.nudge, question.reason.why)
        case SeveralQuestion():
            yield from (each.text for each in question.options)
        case OrderQuestion():
            yield from (*question.items, *question.extra)
        case MatchQuestion():
            yield from (*(text for pair in question.pairs for text in pair), *question.extra)


def _problems_question(question: AnyQuestion, network: Network | None) -> Iterator[Problem]:
    match question:
        case ChoiceQuestion() | SeveralQuestion():
            yield from _problems_options(question)
        case NumberQuestion():
            yield from _problems_number(question, network)
        case ExpressionQuestion():
            yield from _readable(("answer",), question.answer, question.names)
        case OrderQuestion():
            yield from _problems_order(question, network)
        case MatchQuestion():
            yield from _problems_match(question)


def _problems_options(question: ChoiceQuestion | SeveralQuestion) -> Iterator[Problem]:
    if isinstance(question, SeveralQuestion):
        yield from _options(("options",), question.options)
        if not any(each.right for each in question.options):
            yield ("options",), "no option has 'right: true'"
        return
    yield from _one_right(("options",), question.options)
    if question.reason:
        yield from _one_right(("reason", "options"), question.reason.options)


def _problems_match(question: MatchQuestion) -> Iterator[Problem]:
    partners = [right for _, right in question.pairs]
    yield from _different(("pairs",), [left for left, _ in question.pairs])
    yield from _different(("pairs",), [*dict.fromkeys(partners), *question.extra])
    if len({*partners, *question.extra}) < 2:
        yield ("pairs",), "there must be two different partners to choose from"


def _one_right(place: Place, options: Sequence[Choosable]) -> Iterator[Problem]:
    yield from _options(place, options)
    if sum(each.right for each in options) != 1:
        yield place, "exactly one option has 'right: true'"


def _options(place: Place, options: Sequence[Choosable]) -> Iterator[Problem]:
    yield from _different(place, [each.text for each in options])


def _different(place: Place, texts: Sequence[str]) -> Iterator[Problem]:
    for text in dict.fromkeys(text for text in texts if texts.count(text) > 1):
        yield place, f"'{text}' stands there twice"


def _problems_number(question: NumberQuestion, network: Network | None) -> Iterator[Problem]:
    if (question.answer is None) == (question.formula is None):
        yield (), "a number needs either 'answer' or 'formula'"
    elif question.answer is not None and not isfinite(question.answer):
        yield ("answer",), "the answer is no number"
    if question.unit is not None:
        found = units_of(question.unit)
        if isinstance(found, str) or not found:
            yield ("unit",), f"the unit cannot be read: {found or 'it names none'}"
    if question.formula is None:
        return
    if network is None:
        yield ("formula",), "a formula needs a 'network' in this file"
        return
    values = dict.fromkeys(network.leaves, 0.5)
    try:
        known = quantities(network, values, DERIVATIVE.findall(question.formula))
        evaluate(read(question.formula, sorted(known)), known)
    except (Unreadable, NetworkError, KeyError) as error:
        yield ("formula",), f"the formula cannot be worked out: {error}"


def _problems_order(question: OrderQuestion, network: Network | None) -> Iterator[Problem]:
    if bool(question.items) == (question.chain is not None):
        yield (), "an order needs either 'items' or 'chain'"
    elif question.items:
        yield from _different(("items",), [*question.items, *question.extra])
        if len(question.items) < 2:
            yield ("items",), "there must be two items to order"
    elif network is None:
        yield ("chain",), "a chain needs a 'network' in this file"
    elif question.chain not in network.weights:
        yield ("chain",), f"'{question.chain}' is not a weight of this network"
    elif len(chains(network, str(question.chain))) != 1:
        yield ("chain",), f"the loss reaches '{question.chain}' on several ways; choose a weight on one"


def _readable(place: Place, text: str, known: Sequence[str]) -> Iterator[Problem]:
    try:
        read(text, known)
    except Unreadable as error:
        yield place, f"'{text}' cannot be read: {error}"


def units_of(text: str) -> tuple[str, ...] | str:
    """The names of units in ``m/s^2``, in reading order; what is wrong with it, in words."""
    words = dict.fromkeys(word for word in _words(text))
    try:
        return tuple(name for name in words if name in names(read(text, tuple(words))))
    except Unreadable as error:
        return str(error)


def _words(text: str) -> Iterator[str]:
    word = ""
    for sign in [*text, " "]:
        if sign.isalpha():
            word += sign
        elif word:
            yield word
            word = ""
