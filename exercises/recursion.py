"""Going back through vectors: how the loss reacts to each of them, one after the other, down to a weight.

``dL_dz`` is worked out from ``dL_dh``, and the gradient by ``W`` from ``dL_dz``; every entry is a sum of
products of an earlier entry and a link: ``dL_dh1 = dL_dz1*dz1_dh1 + dL_dz2*dz2_dh1``.
"""

from __future__ import annotations

from collections.abc import Mapping

from exercises.vectors import Shape, entries
from grader.network import Network, NetworkError

Back = dict[str, dict[str, str]]  # what is asked -> its entries -> their formulas


def back(network: Network, written: Mapping[str, str], shapes: Mapping[str, Shape], weight: str) -> Back:
    """``dL_d...`` for every vector between the loss and ``weight``, from the loss on, then ``grad_...``.

    ``written``: the equations in vectors. Raises NetworkError where a vector reaches another both straight
    and through a sum ``z``, whose links would count a way twice.
    """
    nodes = {name: entries(name, shapes.get(name, ())) for name in written}
    wanted = entries(weight, shapes.get(weight, ()))
    behind = [name for name in nodes if any(set(wanted) & network.ancestors(entry) for entry in nodes[name])]
    loss, *stations = reversed(behind)
    found: Back = {}
    for name in stations:
        _check(network, nodes, name)
        found[f"d{loss}_d{name}"] = {
            f"d{loss}_d{entry}": _sum(network, nodes, entry, loss) for entry in nodes[name]
        }
    found[f"grad_{weight}"] = {f"grad_{entry}": _sum(network, nodes, entry, loss) for entry in wanted}
    return found


def _sum(network: Network, nodes: Mapping[str, tuple[str, ...]], entry: str, loss: str) -> str:
    """Over all entries of all vectors that use this one."""
    users = [user for group in nodes.values() for user in group if entry in network.uses(user)]
    return " + ".join(
        f"d{user}_d{entry}" if user == loss else f"d{loss}_d{user}*d{user}_d{entry}" for user in users
    )


def _check(network: Network, nodes: Mapping[str, tuple[str, ...]], name: str) -> None:
    """A link is one way: from a user of ``name`` straight to it, and through no inner node besides."""
    users = [other for other, group in nodes.items() if _uses(network, group, nodes[name])]
    for user in users:
        for between in set(users) - {user}:
            if not _uses(network, nodes[user], nodes[between]):
                continue
            if user == network.loss or nodes[between][0] in network.inner:
                raise NetworkError(
                    f"'{user}' uses '{name}' both straight and through '{between}', "
                    "so its gradients cannot be asked one vector after the other"
                )


def _uses(network: Network, group: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    return any(set(wanted) & set(network.uses(entry)) for entry in group)
