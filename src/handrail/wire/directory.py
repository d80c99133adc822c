"""The directory as JSON and back. How names become ids is the server's secret: a reader finds them in the labels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from ..directory.model import Agent, Directory, Person
from ..directory.model import Names as Secret
from ..engine.rows import Names
from ..stream import JSON

NOBODY: Final = ""


def directory_out(found: Directory) -> dict[str, Any]:
    """Everybody present, with the names that are kept; `names` are those of people, groups and agents as drawn text."""
    names = Names(found)
    return {
        "solo": found.solo,
        "people": [msgspec.to_builtins(one) for one in found.people.values()],
        "agents": [msgspec.to_builtins(one) for one in found.agents.values()],
        "labels": {id_: _names(label) for id_, label in found.labels.items()},
        "names": {id_: names.of(id_) for id_ in sorted({*found.labels, *found.people, *found.agents})},
    }


def _names(label: JSON) -> JSON:
    """What somebody is called, without where they are told: that is nobody else's business."""
    return {key: value for key, value in label.items() if key != "telling"} if isinstance(label, dict) else label


def directory_in(found: dict[str, Any]) -> Directory:
    """The directory again, without the keys."""
    people = {one.id: one for one in msgspec.convert(found["people"], list[Person])}
    agents = {one.id: one for one in msgspec.convert(found["agents"], list[Agent])}
    labels: dict[str, JSON] = found["labels"]
    return Directory(Told(people, agents, labels), people, found["solo"], labels, agents)


class Told(Secret):
    """Names among those that were told; any other name is an id that nobody has."""

    def __init__(self, people: Mapping[str, Person], agents: Mapping[str, Agent], labels: Mapping[str, JSON]) -> None:
        super().__init__(b"")
        groups = (id_ for id_ in labels if id_.startswith("grp_"))
        self._handles: Final = {_label(labels, id_, "handle"): id_ for id_ in (*people, *groups)}
        self._agents: Final = {_label(labels, id_, "name"): id_ for id_ in agents}
        self._people: Final = people

    def look_up(self, kind: str, name: str) -> str:
        """The keyed hash of a person's handle."""
        person = self._people.get(self._handles.get(f"{kind}:{name}", NOBODY))
        return person.handle if person else NOBODY

    def group(self, handle: str) -> str:
        """The id of a group that has a name."""
        return self._handles.get(f"group:{handle}") or super().group(handle)

    def agent(self, name: str) -> str:
        """The id of an agent that is known."""
        return self._agents.get(name) or super().agent(name)


def _label(labels: Mapping[str, JSON], id_: str, member: str) -> str:
    label = labels.get(id_)
    return str(label.get(member, id_)) if isinstance(label, dict) else id_
