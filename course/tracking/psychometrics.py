"""The statistics of items and tests: pure functions over numbers, each with its source.

Formulas
--------
facility           share of students who are right at the first try
discrimination     corrected point-biserial: correlation of the item (0, 1) with the sum of the others
alpha              Cronbach 1951: k/(k-1) * (1 - sum of the items' variances / variance of the sum)
intervals          95 %: of a share Wilson 1927; of a correlation Fisher's z, atanh r +- 1.96/sqrt(n-3);
                   of alpha Bonett 2002, ln(1-alpha) +- 1.96*sqrt(2k/((k-1)(n-2))); of a median the order
                   statistics n/2 -+ 1.96*sqrt(n)/2
homogeneity        Pearson's chi-squared of right and wrong over groups; p from the incomplete gamma function
"""

from __future__ import annotations

from collections.abc import Sequence
from math import atanh, ceil, exp, floor, inf, lgamma, log, sqrt, tanh
from statistics import fmean, median

from course.tracking.chain import NORMAL

Interval = tuple[float, float]
LEAST_EXPECTED = 5.0  # of a cell: below it chi-squared is no guide (Cochran 1954)


def variance(values: Sequence[float]) -> float:
    """The variance of all these values, not of a sample; the library's works in fractions and is slow.

    >>> variance([1, 1, 0, 0])
    0.25
    """
    middle = fmean(values)
    return fmean((value - middle) ** 2 for value in values)


def correlation(left: Sequence[float], right: Sequence[float]) -> float | None:
    """Pearson's r; None where one of them does not vary.

    >>> round(correlation([0, 0, 1, 1], [1, 2, 2, 3]), 4)
    0.7071
    """
    if len(left) < 2:
        return None
    one, other = fmean(left), fmean(right)
    shared = sum((a - one) * (b - other) for a, b in zip(left, right, strict=True))
    spread = sqrt(sum((a - one) ** 2 for a in left) * sum((b - other) ** 2 for b in right))
    return max(-1.0, min(1.0, shared / spread)) if spread > 0 else None


def correlation_interval(r: float, count: int) -> Interval:
    """Fisher's interval of a correlation.

    >>> [round(end, 3) for end in correlation_interval(0.5, 50)]
    [0.257, 0.683]
    """
    if count < 4:
        return -1.0, 1.0
    if abs(r) >= 1:
        return r, r
    middle, reach = atanh(r), NORMAL / sqrt(count - 3)
    return tanh(middle - reach), tanh(middle + reach)


def alpha(columns: Sequence[Sequence[float]]) -> float | None:
    """Cronbach's alpha of items (columns) over the same students; None for one item or without spread."""
    if len(columns) < 2 or len(columns[0]) < 2:
        return None
    totals = [sum(row) for row in zip(*columns, strict=True)]
    whole = variance(totals)
    if not whole:
        return None
    k = len(columns)
    parts = sum(variance(column) for column in columns)
    return k / (k - 1) * (1 - parts / whole)


def alpha_interval(value: float, items: int, count: int) -> Interval:
    """Bonett's interval of alpha."""
    if count < 3 or items < 2 or value >= 1:
        return -inf, 1.0
    reach = NORMAL * sqrt(2 * items / ((items - 1) * (count - 2)))
    middle = log(1 - value)
    return 1 - exp(middle + reach), 1 - exp(middle - reach)


def median_interval(values: Sequence[float]) -> tuple[float, float, float] | None:
    """The median and the ends of its 95 % interval; None without values.

    >>> median_interval(range(1, 101))
    (50.5, 40, 61)
    """
    if not values:
        return None
    ordered, count = sorted(values), len(values)
    reach = NORMAL * sqrt(count) / 2
    low, high = floor(count / 2 - reach), ceil(count / 2 + reach)
    return median(ordered), ordered[max(0, low - 1)], ordered[min(count - 1, high)]


def homogeneity(groups: Sequence[tuple[int, int]]) -> tuple[float, int, float] | None:
    """Chi-squared, degrees of freedom and p of (right, count) over groups that should be equally hard.

    None where there are fewer than two groups, or a cell of whom fewer than five are expected.
    """
    total, right = sum(count for _, count in groups), sum(each for each, _ in groups)
    if len(groups) < 2 or not 0 < right < total:
        return None
    share = right / total
    if min(count * min(share, 1 - share) for _, count in groups) < LEAST_EXPECTED:
        return None
    found = sum((each - count * share) ** 2 / (count * share * (1 - share)) for each, count in groups)
    freedom = len(groups) - 1
    return found, freedom, chi_squared_tail(found, freedom)


def chi_squared_tail(at: float, freedom: int) -> float:
    """The share of a chi-squared distribution beyond ``at``.

    >>> [round(chi_squared_tail(x, k), 4) for x, k in ((3.841, 1), (5.991, 2), (18.307, 10))]
    [0.05, 0.05, 0.05]
    """
    return 1.0 if at <= 0 else _gamma_tail(freedom / 2, at / 2)


def _gamma_tail(shape: float, at: float) -> float:
    """The regularised upper incomplete gamma function: a series below the mean, else Lentz's fraction."""
    front = exp(shape * log(at) - at - lgamma(shape))
    if at < shape + 1:
        term = total = 1 / shape
        step = shape
        while abs(term) > 1e-16 * abs(total):
            step += 1
            term *= at / step
            total += term
        return max(0.0, 1 - front * total)
    tiny = 1e-300
    b = at + 1 - shape
    c, d = 1 / tiny, 1 / b
    fraction = d
    for i in range(1, 1000):
        a = -i * (i - shape)
        b += 2
        d = 1 / (a * d + b or tiny)
        c = b + a / c or tiny
        fraction *= c * d
        if abs(c * d - 1) < 1e-15:
            break
    return front * fraction
