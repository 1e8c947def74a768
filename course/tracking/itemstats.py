"""Statistics of an assignment's items: first tries of students only, hidden below LEAST of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from course.tracking import psychometrics
from course.tracking.chain import wilson
from course.tracking.models import Stage, Standing
from course.tracking.psychometrics import Interval
from course.tracking.scope import Scope, learners_of
from course.work.models import Attempt, Counts, Item, Submission

LEAST = 30  # students, below whom a statistic says more about them than about the item
EASY, HARD = 0.90, 0.30
WEAK = 0.20
LEAST_OF_GROUP = 10  # students of one group of variants; smaller ones are put together
MOST_GROUPS = 12


class First(NamedTuple):
    """One student's first try at an item."""

    right: bool
    seconds: int
    tries: int
    total: int  # seconds until it was right
    solved: bool


@dataclass(frozen=True, slots=True)
class ItemStatistics:
    """What is known of one item; what fewer than LEAST students say is None."""

    item: Item
    count: int
    right: int
    facility: float | None = None
    facility_interval: Interval | None = None
    discrimination: float | None = None
    discrimination_interval: Interval | None = None
    discrimination_count: int = 0
    minutes: tuple[float, float, float] | None = None  # median until right, and its interval
    tries: float | None = None
    flags: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True)
class Whole:
    """The assignment as a test: alpha over the students who tried all items that everybody gets."""

    items: tuple[ItemStatistics, ...] = ()
    alpha: float | None = None
    alpha_interval: Interval | None = None
    alpha_count: int = 0
    alpha_items: int = 0


@dataclass(frozen=True, slots=True)
class Group:
    """Students whose first variant had something in common."""

    name: str
    right: int
    count: int

    @property
    def share(self) -> float:
        """Right at the first try."""
        return self.right / self.count

    @property
    def interval(self) -> Interval:
        """Its 95 % interval."""
        return wilson(self.right, self.count)


@dataclass(frozen=True, slots=True)
class Fairness:
    """Groups of variants that should be equally hard; ``test``: chi-squared, degrees of freedom, p."""

    groups: tuple[Group, ...] = ()
    test: tuple[float, int, float] | None = None
    names: tuple[str, ...] = field(default=())

    @property
    def is_doubtful(self) -> bool:
        """Whether chance alone would part the groups so far in less than one of twenty cases."""
        return self.test is not None and self.test[2] < 0.05


def statistics_of(scope: Scope) -> Whole:
    """All items of the scope's assignment."""
    return whole_of(scope.items, firsts_of(scope))


def firsts_of(scope: Scope) -> dict[int, dict[int, First]]:
    """Item -> student -> first try."""
    rows = Standing.objects.filter(
        item__in=[item.pk for item in scope.items],
        user__in=learners_of(scope.course, scope.section),
        first_right__isnull=False,
    )
    found: dict[int, dict[int, First]] = defaultdict(dict)
    fields = ("item", "user", "first_right", "first_seconds", "tries", "seconds", "stage")
    for item, user, right, seconds, tries, total, stage in rows.order_by().values_list(*fields):
        found[item][user] = First(right, seconds, tries, total, stage == Stage.RIGHT)
    return found


def whole_of(items: Sequence[Item], firsts: Mapping[int, Mapping[int, First]]) -> Whole:
    """The statistics of these items from first tries."""
    common = [item.pk for item in items if not item.pool_id and item.counts != Counts.OUT]
    everybody = sorted(set.intersection(*(set(firsts.get(item, {})) for item in common))) if common else []
    columns = {item: [float(firsts[item][user].right) for user in everybody] for item in common}
    totals = dict(zip(everybody, map(sum, zip(*columns.values(), strict=True)), strict=True))
    found = tuple(_item(item, firsts.get(item.pk, {}), totals, item.pk in columns) for item in items)
    if len(everybody) < LEAST:
        return Whole(found, alpha_count=len(everybody), alpha_items=len(common))
    value = psychometrics.alpha(list(columns.values()))
    ends = None if value is None else psychometrics.alpha_interval(value, len(common), len(everybody))
    return Whole(found, value, ends, len(everybody), len(common))


def _item(
    item: Item, firsts: Mapping[int, First], totals: Mapping[int, float], is_common: bool
) -> ItemStatistics:
    count, right = len(firsts), sum(first.right for first in firsts.values())
    if count < LEAST:
        return ItemStatistics(item, count, right)
    facility = right / count
    users = [user for user in totals if user in firsts]
    mine = [float(firsts[user].right) for user in users]
    rest = [totals[user] - (own if is_common else 0.0) for user, own in zip(users, mine, strict=True)]
    r = psychometrics.correlation(mine, rest) if len(users) >= LEAST else None
    solved = [first.total / 60 for first in firsts.values() if first.solved]
    return ItemStatistics(
        item=item,
        count=count,
        right=right,
        facility=facility,
        facility_interval=wilson(right, count),
        discrimination=r,
        discrimination_interval=None if r is None else psychometrics.correlation_interval(r, len(users)),
        discrimination_count=len(users),
        minutes=psychometrics.median_interval(solved) if len(solved) >= LEAST else None,
        tries=sum(first.tries for first in firsts.values()) / count,
        flags=tuple(_flags(facility, r)),
    )


def _flags(facility: float, r: float | None) -> list[object]:
    """What asks for a second look: TEACHING's bounds of facility and discrimination."""
    found: list[object] = []
    if facility < HARD:
        found.append(_("hard"))
    if facility > EASY:
        found.append(_("easy"))
    if r is not None and r < 0:
        found.append(_("good students fail it"))
    elif r is not None and r < WEAK:
        found.append(_("tells little apart"))
    return found


def fairness_of(scope: Scope, item: Item) -> dict[str, Fairness]:
    """First tries by the signs of the first variant's numbers, and by variant."""
    rows = Standing.objects.filter(
        item=item, user__in=learners_of(scope.course, scope.section), first_right__isnull=False
    )
    rights = dict(rows.values_list("first", "first_right"))
    tried = Submission.objects.filter(pk__in=rows.values("first")).order_by()
    seeds = list(tried.values_list("pk", "attempt__seed", "attempt_id"))
    one_of = {seed: attempt for _, seed, attempt in seeds}
    numbers = dict(Attempt.objects.filter(pk__in=one_of.values()).values_list("seed", "values"))
    found = [(bool(rights[pk]), seed) for pk, seed, _ in seeds if pk in rights]
    vary = _varying(list(numbers.values()))
    pattern = {seed: signs(values, vary) for seed, values in numbers.items()}
    return {
        "signs": _fairness([(pattern[seed], right) for right, seed in found]),
        "variants": _fairness([(str(seed), right) for right, seed in found]),
    }


def _varying(variants: Sequence[Mapping[str, str]]) -> list[str]:
    """The numbers that are not of the same sign everywhere."""
    negative: dict[str, set[bool]] = defaultdict(set)
    for values in variants:
        for name, text in values.items():
            negative[name].add(text.startswith("-"))
    return [name for name, found in negative.items() if len(found) > 1]


def signs(values: Mapping[str, str], names: Sequence[str]) -> str:
    """The signs of these numbers, as in ``w1 + w2 −``."""
    return " ".join(f"{name} {'−' if values.get(name, '').startswith('-') else '+'}" for name in names)


def _fairness(firsts: Sequence[tuple[str, bool]]) -> Fairness:
    """The groups, the smallest ones put together, and the test whether they are equally hard."""
    counted: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for name, right in firsts:
        counted[name][0] += right
        counted[name][1] += 1
    ordered = sorted(counted.items(), key=lambda each: (-each[1][1], each[0]))
    large = [Group(name, *each) for name, each in ordered if each[1] >= LEAST_OF_GROUP][:MOST_GROUPS]
    rest = [each for name, each in ordered if name not in {group.name for group in large}]
    others = [Group("", sum(each[0] for each in rest), sum(each[1] for each in rest))] if rest else []
    groups = (*large, *others)
    if sum(group.count for group in groups) < LEAST:
        return Fairness()
    return Fairness(groups, psychometrics.homogeneity([(group.right, group.count) for group in groups]))
