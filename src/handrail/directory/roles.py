"""What people may do: one table from roles to permissions. Everything that is not in it is not allowed."""

from collections.abc import Iterable, Mapping
from typing import Final, Literal

Role = Literal["viewer", "reviewer", "supervisor", "auditor", "administrator"]
Permission = Literal["read", "decide", "supervise", "audit", "administer"]

ROLES: Final[Mapping[Role, frozenset[Permission]]] = {
    "viewer": frozenset({"read"}),
    "reviewer": frozenset({"read", "decide"}),
    "supervisor": frozenset({"read", "supervise"}),
    "auditor": frozenset({"read", "audit"}),
    "administrator": frozenset({"read", "administer"}),
}
JUDGES: Final[frozenset[Permission]] = frozenset({"decide", "supervise"})
"""Whoever has one of these may say how an action turned out."""
DEFAULT: Final[tuple[Role, ...]] = ("reviewer",)
"""The role of somebody for whom none is named."""


def permissions(roles: Iterable[Role]) -> frozenset[Permission]:
    """Everything that somebody with these roles may do."""
    return frozenset(permission for role in roles for permission in ROLES[role])
