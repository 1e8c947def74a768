"""What publishing, a variant and a diagnosis cost, and how it grows with the network.

``python -m bench.growth`` prints the whole table.

The networks are fully connected and have tanh units, so no kink makes a link trivial. Each asks for the
gradient of its first weight. What a network is too large for is printed as the refusal that it gets.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import cache
from itertools import count
from random import Random

from bench.clock import cpu
from bench.harness import Arm, Row
from exercises.asked import AskedGradient
from exercises.bank import Exercise
from exercises.published import Published
from exercises.publishing import PublishingError, derived, publish
from exercises.question import Question, Step, Variant
from exercises.selftest import right_answers
from exercises.steps import job, question
from exercises.variants import NoVariant, variant
from grader import numeric
from grader.job import Job
from grader.marking import mark
from grader.network import Network
from grader.tasks import prepare

Sizes = tuple[int, ...]
SMALL, MIDDLE, LARGE = (2, 2, 1), (16, 16, 4), (16, 64, 64, 8)
ALL: tuple[Sizes, ...] = (SMALL, (4, 4, 1), (8, 8, 2), MIDDLE, LARGE)
BOX, DRAW = 5.0, 100.0  # milliseconds for the diagnosis of a box, for a variant
REFUSED = (ValueError, NoVariant, PublishingError)  # pydantic's errors are ValueErrors
HEAD = (
    *("ms CPU", "network", "first time", "reference", "derive", "publish", "variant", "mark", "diagnosis"),
    "the first",
)


def rows(*, full: bool) -> list[Row]:
    """Rows with a bound."""
    rounds = 15 if full else 4
    found = [_row("diagnosis", SMALL, _diagnosing, BOX, rounds)]
    if full:
        found.append(_row("diagnosis", MIDDLE, _diagnosing, BOX, rounds))
        found.append(_row("variant", SMALL, _drawing, DRAW, rounds))
        arms = _reference(LARGE), _reference(SMALL)
        found.append(Row(f"reference, {_name(LARGE)}", f"of {_name(SMALL)}", *arms, 10, 5, rounds=7))
    return found


def _row(what: str, sizes: Sizes, arm: Callable[[Sizes], Arm], most: float, rounds: int) -> Row:
    """A row whose bound is a number of milliseconds."""
    return Row(
        f"{what}, {_name(sizes)}",
        f"{most:g} ms",
        arm(sizes),
        lambda: most,
        must=1,
        stretch=0.4,
        rounds=rounds,
        fixed=True,
    )


def _name(sizes: Sizes) -> str:
    return "-".join(map(str, sizes))


@cache
def equations(sizes: Sizes) -> dict[str, str]:
    """A fully connected network, every unit a tanh, its loss the mean of squares."""
    numbers, found = count(1), dict[str, str]()
    layer = [f"x{place}" for place in range(1, sizes[0] + 1)]
    for depth, width in enumerate(sizes[1:], start=1):
        last = depth == len(sizes) - 1
        names = [f"yhat{place}" if last else f"h{depth}_{place}" for place in range(1, width + 1)]
        for name in names:
            total = " + ".join(f"w{next(numbers)}*{unit}" for unit in layer)
            found[name] = total if last else f"tanh({total})"
        layer = names
    squares = " + ".join(f"(y{place} - {name})^2" for place, name in enumerate(layer, start=1))
    return found | {"L": f"({squares})/{len(layer)}"}


@cache
def leaves(sizes: Sizes) -> dict[str, Decimal]:
    """Small numbers for all leaves, and alpha; on 2-2-1 and 4-4-1 no wrong rule gives a right answer."""
    random = Random(f"seed {_name(sizes)}")
    network = Network.from_equations(equations(sizes))
    numbers = {name: Decimal(random.randint(1, 9) * random.choice((1, -1))) / 10 for name in network.leaves}
    return numbers | {"alpha": Decimal("0.1")}


def exercise(sizes: Sizes) -> Exercise:
    """How its loss reacts to its first weight."""
    asked = AskedGradient(id="growth", step=Step.THREE_FACTOR, weight="w1")
    return Exercise(
        id=asked.id,
        step=asked.step,
        name=_name(sizes),
        network=equations(sizes),
        numbers=leaves(sizes),
        asked=asked,
    )


def _reference(sizes: Sizes) -> Arm:
    """All values forward and the gradients of all weights backward, by NumPy, the network being known."""
    network = Network.from_equations(equations(sizes))
    values = {name: float(number) for name, number in leaves(sizes).items()}
    gradients = [f"grad_{weight}" for weight in network.weights]

    def once() -> None:
        numeric.derivatives(network, numeric.trace(network, values), gradients)

    once()
    return lambda: cpu(once, times=20)


def _laying_out(sizes: Sizes) -> Arm:
    """The same for the first time, which lays the network out in waves."""

    def first() -> float:
        network = Network.from_equations(equations(sizes))
        values = {name: float(number) for name, number in leaves(sizes).items()}
        gradients = [f"grad_{weight}" for weight in network.weights]
        return cpu(lambda: numeric.derivatives(network, numeric.trace(network, values), gradients))

    return first


def _drawing(sizes: Sizes) -> Arm:
    published, seeds = derived(exercise(sizes)), count(2)
    return lambda: cpu(lambda: variant(published, next(seeds)), times=3)


def _asked(sizes: Sizes) -> tuple[Question, Published, Variant]:
    published = derived(exercise(sizes))
    numbers = variant(published, 1)
    return question(published, numbers), published, numbers


def jobs(sizes: Sizes) -> tuple[Job, list[Job]]:
    """The right answers, and four times a wrong last one: some have a known wrong rule."""
    asked = _asked(sizes)
    right = right_answers(asked[0])
    last = list(right)[-1]
    number = Decimal(str(right[last]))
    wrong = (-number, number / 2, number + 1, number * 3 - 1)
    return job(*asked, right), [job(*asked, right | {last: str(answer)}) for answer in wrong]


def _diagnosing(sizes: Sizes) -> Arm:
    """What marking takes longer if the last box is wrong."""
    correct, wrong = jobs(sizes)

    def marked() -> float:
        wrongly = cpu(lambda: [mark(each) for each in wrong], times=5) / len(wrong)
        return wrongly - cpu(lambda: mark(correct), times=5)

    return marked


def _forget() -> None:
    """Empty every cache of the grader, as in a fresh process."""
    for name, module in list(sys.modules.items()):
        if name.startswith("grader"):
            for item in vars(module).values():
                getattr(item, "cache_clear", lambda: None)()


def _first_diagnosis(sizes: Sizes) -> Arm:
    """The same for the first wrong answer that a worker sees to this question, after right ones."""
    correct, wrong = jobs(sizes)

    def marked() -> float:
        _forget()
        prepare()
        mark(correct)
        known = cpu(lambda: mark(correct), times=5)
        return cpu(lambda: mark(wrong[0])) - known

    return marked


def _marking(sizes: Sizes) -> Arm:
    correct, _ = jobs(sizes)
    mark(correct)
    return lambda: cpu(lambda: mark(correct), times=5)


def _costs(sizes: Sizes) -> Iterator[str]:
    """The columns of HEAD; what is refused has the time until it was."""
    for title, arm in zip(HEAD[1:], ARMS, strict=True):
        start = time.thread_time()
        try:
            yield f"{arm(sizes)():.3g}"
        except REFUSED as error:
            print(f"{_name(sizes)}, {title}: {' '.join(str(error).split())[:160]}")
            yield f"no, {(time.thread_time() - start) * 1000:.3g}"


def _building(sizes: Sizes) -> Arm:
    return lambda: cpu(lambda: Network.from_equations(equations(sizes)), times=3)


def _deriving(sizes: Sizes) -> Arm:
    return lambda: cpu(lambda: derived(exercise(sizes)))


def _publishing(sizes: Sizes) -> Arm:
    return lambda: cpu(lambda: publish(exercise(sizes)))


ARMS = (
    _building,
    _laying_out,
    _reference,
    _deriving,
    _publishing,
    _drawing,
    _marking,
    _diagnosing,
    _first_diagnosis,
)


def main() -> int:
    """Print the table, in milliseconds of CPU."""
    lines = [(_name(sizes), *_costs(sizes)) for sizes in ALL]
    for line in (HEAD, *lines):
        print("".join(f"{cell:>14}" for cell in line))
    return 0


if __name__ == "__main__":
    sys.exit(main())
