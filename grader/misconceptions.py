"""Wrong rules: what a student who holds a misconception answers, by the role of what a box asks for.

A rule is data: the id of a misconception, and formulas in the language over roles instead of names. The roles
are found on any network from its graph (``roles``), so that a rule is never written for one network.

Legend of the roles
-------------------
right loss prediction target alpha   what they say; ``slope`` is the first link dL/dyhat
two            2, where the loss squares something; ``squares``: the sum of all squared gradients
unit weight    the two ends of the last link; of a unit's own box ``unit`` is any other unit
neighbour      what else enters the unit; ``entering``: what enters that; ``slope_behind``: how steep that is
first between last    of a chain: its first link, the product of those between, the part behind the last unit
rest           the gradient without its first link; ``all_added``: its links added up
last_bare last_slope  ``last`` without the activation's slope, and that slope alone
bare valued misplaced later    right with slopes left out, exchanged for values, taken at a wrong place, or
               with the weights on the way back moved already
shortened forward rewired      ``between`` with a link left out, exchanged for a value, with another weight
everywhere     the sum over a whole layer; ``way``, ``ways``: one way of several, or all but one
nothing met    where the weight is a bias: 0, and the values that it does not meet
raw sums       a unit without its activation; with sums where products belong
one_term without_one flipped   one term of a unit's sum alone, left out, with the other sign
crossed exchanged skipped unweighted activated   the prediction with two inputs or two weights in each other's
               places, with the hidden layer or the weights left out, with an activation that it has not
share summed averaged pooled others mixed own diagonal numerator   see ``several_roles``
plain old kept unshared        see ``moving_roles``
targetless gap of_squares      the loss with 0 or 1 for the target, without its square, with its squares apart
stale half uphill sequential pushed    after the step: the last layer new only, some weights old, all moved
               uphill, all moved one after the other, the prediction itself moved
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Rules = Mapping[str, Sequence[str]]

ROLES = (
    *("slip", "right", "loss", "prediction", "target", "slope", "alpha", "two", "squares", "unit", "weight"),
    *(
        "neighbour",
        "entering",
        "slope_behind",
        "other_weight",
        "gradient",
        "other_gradient",
        "nothing",
        "met",
    ),
    *("first", "between", "last", "rest", "all_added", "last_bare", "last_slope", "bare", "valued"),
    *("misplaced", "later", "shortened", "forward", "rewired", "everywhere", "way", "ways"),
    *("raw", "sums", "one_term", "without_one", "flipped", "crossed", "skipped", "unweighted", "exchanged"),
    *("share", "summed", "averaged", "pooled", "others", "mixed", "own", "diagonal", "numerator"),
    *("plain", "old", "kept", "unshared"),
    *("activated", "targetless", "gap", "of_squares", "stale", "half", "uphill", "sequential", "pushed"),
)

_UNIT: Rules = {
    "F-act": ["raw"],
    "F-add": ["sums"],
    "F-crossin": ["crossed"],
    "F-path": ["one_term", "without_one"],
    "F-sign": ["flipped"],
    "F-stop": ["unit"],
}
_LOSS: Rules = {
    "L-nosq": ["gap"],
    "L-half": ["right/two"],
    "L-double": ["two*gap"],
    "L-diffsq": ["of_squares"],
    "L-neg": ["-right"],
    "L-target": ["targetless"],
}
_FACTOR: Rules = {"G-sign": ["-right"], "G-two": ["right/two"], "G-delta": ["-right/two"]}
_GRADIENT: Rules = {
    **_FACTOR,
    "G-yhat": ["two*prediction*rest", "own"],
    "G-loss": ["loss*rest", "two*loss*rest"],
    "G-stop": ["first"],
    "G-step": ["alpha*right", "-alpha*right", "weight - alpha*right"],
    "G-ratio": ["loss/weight"],
    "G-outder": ["right*prediction*(1 - prediction)"],
    "B-zero": ["nothing", "right*met"],
    "B-pool": ["pooled"],
    "H-noact": ["bare"],
    "H-actval": ["valued"],
    "H-actarg": ["misplaced"],
    "N-mean": ["summed", "right*share"],
    "N-avgfirst": ["averaged", "others", "mixed"],
    "S-twice": ["right*own*(1 - own)"],
    "S-diag": ["diagonal"],
}

# Kind of box -> misconception (ids of the catalogue) -> what is answered then.
RULES: Mapping[str, Rules] = {
    "hidden": _UNIT,
    "prediction": {
        **_UNIT,
        "F-skip": ["skipped"],
        "F-noout": ["unweighted"],
        "F-cross": ["exchanged"],
        "F-outact": ["activated"],
        "S-norm": ["numerator"],
    },
    "loss": _LOSS,
    "mean-loss": {
        "L-neg": ["-right"],
        "F-path": ["one_term", "without_one"],
        "N-mean": ["summed", "right*share"],
        "N-avgfirst": ["averaged"],
    },
    "mean-link": {"N-mean": ["1"], "G-sign": ["-right"]},
    "first-link": {**_FACTOR, "G-yhat": ["two*prediction"], "G-loss": ["loss", "two*loss"]},
    "weight-link": {
        "G-wforh": ["weight"],
        "G-xforh": ["entering"],
        "G-neigh": ["neighbour"],
        "G-sign": ["-right"],
        "B-zero": ["nothing", "met"],
        "H-noact": ["bare"],
        "H-actval": ["valued"],
        "H-actarg": ["misplaced"],
    },
    "input-link": {
        "H-noact": ["bare"],
        "H-actval": ["valued"],
        "H-actarg": ["misplaced"],
        "H-hforx": ["unit"],
        "H-wforx": ["weight"],
        "G-neigh": ["neighbour"],
        "G-sign": ["-right"],
        "B-zero": ["nothing", "right*met"],
    },
    "unit-link": {
        "H-noact": ["bare"],
        "H-actval": ["valued"],
        "H-actarg": ["misplaced"],
        "H-fwdback": ["weight", "unit"],
        "H-wrongw": ["other_weight"],
        "G-sign": ["-right"],
        "S-diag": ["nothing"],
    },
    "slope-link": {"H-noact": ["bare"], "H-actval": ["valued"], "H-actarg": ["misplaced"]},
    "two-factor": {
        **_GRADIENT,
        "G-wforh": ["first*weight"],
        "G-xforh": ["first*entering"],
        "G-neigh": ["first*neighbour"],
        "G-extra": ["right*weight", "right*entering", "right*slope_behind"],
        "G-sum": ["all_added"],
        "G-div": ["first/last", "last/first"],
    },
    "three-factor": {
        **_GRADIENT,
        "G-sum": ["all_added"],
        "G-div": ["first*last/between", "first/between/last", "first*between/last"],
        "H-now3": ["first*shortened*last"],
        "H-nox": ["first*between", "first*between*last_slope"],
        "H-two": ["first*unit"],
        "H-hforx": ["first*between*last_slope*unit"],
        "H-wforx": ["first*between*last_slope*weight"],
        "H-fwdback": ["first*forward*last", "first*forward*last_bare"],
        "H-wrongw": ["first*rewired*last"],
        "H-seq": ["later"],
        "H-paths": ["first*everywhere*last_bare"],
        "H-extra": ["right*weight", "right*unit"],
    },
    "paths": {**_GRADIENT, "H-paths": ["way", "ways"], "H-seq": ["later"]},
    "recursion": {
        **_FACTOR,
        "H-noact": ["bare"],
        "H-actval": ["valued"],
        "H-actarg": ["misplaced"],
        "H-fwdback": ["forward"],
        "H-wrongw": ["rewired"],
        "P-drop": ["way", "ways"],
    },
    "paths-to-node": {**_GRADIENT, "P-drop": ["way", "ways"], "H-seq": ["later"]},
    "new": {
        "U-ascent": ["weight + alpha*gradient"],
        "U-noalpha": ["weight - gradient"],
        "U-part": ["-alpha*gradient", "alpha*gradient", "gradient"],
        "U-wrongq": ["weight - alpha*loss", "weight - alpha*(prediction - target)", "weight - alpha*slope"],
        "U-abs": ["weight + alpha*abs(gradient)"],
        "U-other": ["weight - alpha*other_gradient"],
        "U-scale": ["weight - alpha*weight*gradient"],
        "U-div": ["weight - gradient/alpha"],
        "H-seq": ["weight - alpha*later"],
        "O-vel": ["weight - alpha*plain", "weight - alpha*old"],
    },
    "kept": {"O-vel": ["gradient", "kept", "unshared"], "G-sign": ["kept - gradient"]},
    "prediction-after": {
        "U-stale": ["stale"],
        "U-half": ["half"],
        "U-pred": ["pushed"],
        "U-lin": ["prediction - alpha*squares/slope"],
        "U-ascent": ["uphill"],
        "H-seq": ["sequential"],
    },
    "loss-after": {
        **_LOSS,
        "U-stale": ["stale"],
        "U-half": ["half"],
        "U-pred": ["pushed"],
        "U-lin": ["loss - alpha*squares"],
        "U-ascent": ["uphill"],
        "H-seq": ["sequential"],
    },
}

# Two slips at once: kind of box -> the second slip -> what it makes of an answer with the first (the role
# ``slip``), and which slips may be the first. The two must be in different places of the formula.
_FIRST_LINK = {"G-sign": "-slip", "G-two": "slip/two", "G-delta": "-slip/two"}
_OTHER_FIRST_LINK = {"G-yhat": "slip*two*prediction/first", "G-loss": "slip*loss/first"}
_BEHIND = frozenset(
    {"H-noact", "H-actval", "H-actarg", "H-now3", "H-nox", "H-two", "H-hforx", "H-wforx", "H-fwdback"}
    | {"H-wrongw", "H-extra", "H-paths", "G-wforh", "G-xforh", "G-neigh", "G-extra", "G-stop", "P-drop"}
    | {"N-mean", "S-twice", "S-diag", "B-zero"}
)
_VALUES = frozenset(
    {"H-noact", "H-actval", "H-actarg", "H-hforx", "H-wforx", "H-fwdback", "H-wrongw"}
    | {"G-wforh", "G-xforh", "G-neigh"}
)
_LENGTH = frozenset({"U-noalpha", "U-wrongq", "U-other", "U-scale", "U-div", "O-vel"})

Second = Mapping[str, tuple[str, frozenset[str]]]
_OF_PRODUCT: Second = {each: (made, _BEHIND) for each, made in (_FIRST_LINK | _OTHER_FIRST_LINK).items()}
_OF_LINK: Second = {"G-sign": ("-slip", _VALUES)}
_OF_PATHS: Second = {each: (made, _BEHIND) for each, made in _FIRST_LINK.items()}
SECOND: Mapping[str, Second] = {
    "two-factor": _OF_PRODUCT,
    "three-factor": _OF_PRODUCT,
    "paths": _OF_PATHS,
    "paths-to-node": _OF_PATHS,
    "first-link": {"G-sign": ("-slip", frozenset({"G-yhat", "G-loss"}))},
    "weight-link": _OF_LINK,
    "input-link": _OF_LINK,
    "unit-link": _OF_LINK,
    "new": {"U-ascent": ("2*weight - slip", _LENGTH)},
}

# Misconception -> how many edits it takes to come from the right formula to its own; 2 where it is not named.
EDITS: Mapping[str, int] = {
    **dict.fromkeys(("F-sign", "L-half", "L-neg", "L-nosq", "G-sign", "G-two"), 1),
    **dict.fromkeys(("U-ascent", "U-abs", "U-noalpha", "G-stop", "H-now3", "H-noact", "S-diag", "N-mean"), 1),
    **dict.fromkeys(("G-ratio", "G-outder", "F-add", "F-stop", "H-paths", "U-lin"), 3),
}
USUAL_EDITS = 2

# What several misconceptions share (ids of texts) -> those that may be tied under it; the narrowest first.
SHARED: Mapping[str, frozenset[str]] = {
    "U-direction": frozenset({"U-ascent", "U-abs"}),
    "U-old": frozenset({"U-stale", "U-half"}),
    "G-constant": frozenset({"G-two", "N-mean"}),
    "G-first": frozenset({"G-sign", "G-two", "G-delta", "G-yhat", "G-loss"}),
    "G-partner": frozenset({"G-wforh", "G-xforh", "G-neigh"}),
    "G-missing": frozenset({"G-two", "G-stop", "H-now3", "H-nox", "H-noact"}),
    "H-slope": frozenset({"H-noact", "H-actval", "H-actarg"}),
    "H-last": frozenset({"H-hforx", "H-wforx", "H-extra"}),
    "H-between": frozenset({"H-two", "H-fwdback", "H-wrongw"}),
    "H-link": frozenset(
        {"H-actval", "H-actarg", "H-hforx", "H-wforx", "H-extra", "H-two", "H-fwdback", "H-wrongw", "H-seq"}
    ),
    "U-step": frozenset({"U-noalpha", "U-wrongq", "U-other", "U-scale", "U-div", "H-seq"}),
}


def least(tied: frozenset[str]) -> frozenset[str]:
    """Those that take the fewest edits."""
    edits = {misconception: EDITS.get(misconception, USUAL_EDITS) for misconception in tied}
    return frozenset(each for each in tied if edits[each] == min(edits.values()))


def named(tied: frozenset[str], sure: frozenset[str] = frozenset()) -> str | None:
    """What is said of a box that these misconceptions explain: one of them, what they share, or nothing.

    ``sure``: those that are the only explanation of another box of the same submission; they come first. Of
    several pairs, as in ``G-sign+H-noact``, what all of them hold is said, if it is one misconception.
    """
    left = least(tied & sure or tied)
    if len(left) == 1:
        return min(left)
    common = frozenset.intersection(*(frozenset(each.split("+")) for each in left)) if left else left
    if len(common) == 1:
        return min(common)
    return next((shared for shared, members in SHARED.items() if left and left <= members), None)
