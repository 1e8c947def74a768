"""Wrong rules that explain a wrong number: mutations of a box's formula, by the role of what it asks for.

A rule is data: the id of a misconception, and what a student who holds it would answer, written in the
language over roles instead of names. It is tried on any network, with the student's own earlier boxes put in.
A number is diagnosed only if one misconception alone explains it; a rule that gives the right answer here
explains nothing.

Legend of the roles
-------------------
R       the right formula of the box
L P Y   the loss, the prediction, the target; D is dL/dP
A B     the two ends of the last link: a unit and a weight, or a unit and what enters it
F M Z   of a chain: its first link, the product of those between, its last
N V C   R with every activation's slope left out, replaced by its value, taken at its own value
n u i   one at a time: a neighbour of A's partner, another weight, what enters the partner
g G S   the weight's gradient, that of another weight, the sum of all squared gradients
T       one at a time: a term of a sum
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import product

from grader.closeness import closeness
from grader.expression import read
from grader.formula import substitute
from grader.job import Outcome
from grader.paper import Asked, Paper, World
from grader.roles import Roles, kind_and_roles
from grader.tree import Tree, names

ROLES = (*"RLPYDABFMZNVCnuigGST", "alpha")

# Kind of box -> misconception (ids of the catalogue) -> what is answered then.
RULES: Mapping[str, Mapping[str, Sequence[str]]] = {
    "hidden": {"F-act": ["N"]},
    "prediction": {
        "F-path": ["T"],
        "F-sign": ["2*T - R"],
        "F-noout": ["M"],
        "F-cross": ["C"],
        "F-stop": ["n"],
    },
    "loss": {
        "L-nosq": ["Y - P", "P - Y"],
        "L-half": ["(Y - P)^2/2"],
        "L-double": ["2*(Y - P)", "2*(P - Y)"],
        "L-diffsq": ["Y^2 - P^2", "P^2 - Y^2"],
        "L-neg": ["-R"],
        "L-target": ["P^2", "(1 - P)^2"],
    },
    "first-link": {
        "G-sign": ["-R"],
        "G-two": ["R/2"],
        "G-delta": ["-R/2"],
        "G-yhat": ["2*P"],
        "G-loss": ["L", "2*L"],
    },
    "weight-link": {
        "G-wforh": ["B"],
        "G-xforh": ["i"],
        "G-neigh": ["n"],
        "G-sign": ["-R"],
    },
    "input-link": {
        "H-noact": ["N"],
        "H-actval": ["V"],
        "H-actarg": ["C"],
        "H-hforx": ["A"],
        "H-wforx": ["B"],
    },
    "unit-link": {"H-fwdback": ["B", "A"], "H-wrongw": ["u"], "G-sign": ["-R"]},
    "slope-link": {"H-noact": ["1"], "H-actval": ["V"], "H-actarg": ["C"]},
    "two-factor": {
        "G-sign": ["-R"],
        "G-two": ["R/2"],
        "G-delta": ["-R/2"],
        "G-yhat": ["2*P*Z"],
        "G-loss": ["L*Z", "2*L*Z"],
        "G-wforh": ["F*B"],
        "G-xforh": ["F*i"],
        "G-neigh": ["F*n"],
        "G-extra": ["R*B", "R*i"],
        "G-stop": ["F"],
        "G-sum": ["F + Z"],
        "G-div": ["F/Z", "Z/F"],
        "G-step": ["alpha*R", "-alpha*R", "B - alpha*R"],
        "G-ratio": ["L/B"],
    },
    "three-factor": {
        "G-sign": ["-R"],
        "G-two": ["R/2"],
        "G-delta": ["-R/2"],
        "G-yhat": ["2*P*M*Z"],
        "G-loss": ["L*M*Z"],
        "G-stop": ["F"],
        "G-sum": ["F + M + Z"],
        "G-step": ["alpha*R", "-alpha*R", "B - alpha*R"],
        "G-ratio": ["L/B"],
        "H-noact": ["F*M*N"],
        "H-actval": ["F*M*V"],
        "H-actarg": ["F*M*C"],
        "H-now3": ["F*Z"],
        "H-nox": ["F*M"],
        "H-two": ["F*A"],
        "H-hforx": ["F*M*A"],
        "H-wforx": ["F*M*B"],
        "H-fwdback": ["F*A*Z"],
        "H-wrongw": ["F*u*Z", "F*B*Z"],
        "H-seq": ["F*(M - alpha*F*A)*Z"],
        "H-extra": ["R*B", "R*A"],
    },
    "paths": {
        "H-paths": ["T"],
        "G-sign": ["-R"],
        "G-two": ["R/2"],
        "G-step": ["alpha*R", "-alpha*R"],
    },
    "new": {
        "U-ascent": ["B + alpha*g"],
        "U-noalpha": ["B - g"],
        "U-part": ["-alpha*g", "alpha*g", "g"],
        "U-wrongq": ["B - alpha*L", "B - alpha*(P - Y)", "B - alpha*D"],
        "U-abs": ["B + alpha*abs(g)"],
        "U-other": ["B - alpha*G"],
        "U-scale": ["B - alpha*B*g"],
        "U-div": ["B - g/alpha"],
    },
    "prediction-after": {"U-stale": ["T"], "U-pred": ["P - alpha*D"]},
    "loss-after": {"U-stale": ["T"], "U-lin": ["L - alpha*S"]},
}


def diagnose(answer: Tree, asked: Asked, own: World, paper: Paper) -> str | None:
    """The id of the one misconception that explains a wrong answer's number; None if none or several do."""
    if paper.network is None:
        return None
    kind, roles, world = kind_and_roles(asked, own, paper.network)
    if world.quantity(asked.formula) is None:
        return None
    near = {
        (misconception, _nearness(answer, mutant, asked, world))
        for misconception, templates in RULES.get(kind, {}).items()
        for mutant in _mutants(templates, roles)
    }
    for outcome in (Outcome.CORRECT, Outcome.FEW_DIGITS):
        found = {misconception for misconception, nearness in near if nearness is outcome}
        if found:
            return found.pop() if len(found) == 1 else None
    return None


def _nearness(answer: Tree, mutant: Tree, asked: Asked, world: World) -> Outcome:
    """How near the answer is to the mutant's number; wrong too where the mutant gives the right answer."""
    if world.quantity(mutant) is None:
        return Outcome.WRONG
    found = closeness(answer, mutant, asked, world)
    if found is Outcome.WRONG or closeness(mutant, asked.formula, asked, world) is not Outcome.WRONG:
        return Outcome.WRONG
    return found


def _mutants(templates: Sequence[str], roles: Roles) -> Iterator[Tree]:
    """Every way to put this box's names for the roles of the templates; none if a role has nobody."""
    for text in templates:
        template = _template(text)
        used = sorted(names(template))
        for chosen in product(*(roles.get(role, ()) for role in used)):
            yield substitute(template, dict(zip(used, chosen, strict=True)))


@cache
def _template(text: str) -> Tree:
    return read(text, ROLES)
