"""What can be broken in a training loop: data over the roles of ``exercises.debugging.roles``.

Legend
------
link      where the loop breaks, 1 to 10 on the way from the data to the next step (``texts/debugging.yaml``)
edges     role of the derivatives dA/dB that the code gets wrong; what it takes for them is ``times`` what is
          right, or ``instead``: ``one``; the ``input`` below the unit; its ``neighbour`` in the same sum
keeps     of a name with several users: the last way alone, where the sum of all is right
cached    hidden values are those of the first step
start     what is wrong is the start, not the code: a unit is ``off``, units are ``flat``, alpha is ``fast``
"""

from __future__ import annotations

from dataclasses import dataclass

HEALTHY = "healthy"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. From ``move`` on the fields are the rule by which weights move; their defaults are sound."""

    id: str
    link: int
    edges: str = ""
    times: float = 1.0
    instead: str = ""
    keeps: bool = False
    cached: bool = False
    start: str = ""
    wrong_target: bool = False
    move: int = -1  # along the gradient, or against it
    stored: bool = True  # the new weights are kept
    cleared: bool = True  # gradients begin at 0 in each step
    together: bool = True  # all gradients are worked out before a weight moves


FAULTS: tuple[Fault, ...] = (
    Fault("sign", 4, edges="loss", times=-1.0),
    Fault("adds", 9, move=1),
    Fault("half", 4, edges="square", times=0.5),
    Fault("slope", 6, edges="slope", instead="one"),
    Fault("partner", 7, edges="partner", instead="input"),
    Fault("detached", 5, edges="unit", times=0.0),
    Fault("stale", 10, edges="unit", cached=True),
    Fault("fast", 9, edges="square", start="fast"),
    Fault("dead", 6, edges="relu", start="off"),
    Fault("saturated", 6, edges="bounded", start="flat"),
    Fault("target", 1, edges="loss", wrong_target=True),
    Fault("unstored", 9, stored=False),
    Fault("accumulated", 10, cleared=False),
    Fault("sequential", 9, edges="crossing", together=False),
    Fault("bias", 7, edges="bias", times=0.0),
    Fault("swapped", 5, edges="neighbours", instead="neighbour"),
    Fault("overwritten", 8, edges="shared", keeps=True),
)
BY_ID = {fault.id: fault for fault in (*FAULTS, Fault(HEALTHY, 0))}
