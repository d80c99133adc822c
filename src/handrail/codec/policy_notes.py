"""What is noted while a policy file is read: every mistake, everybody who is asked, and where each part stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from ruamel.yaml.nodes import Node, SequenceNode

from .policy_file import Mistake
from .strict_yaml import Wrong, wrong

T = TypeVar("T")


@dataclass
class Notes:
    """Reading goes on behind a mistake. `asks` are the handles with their lines, `places` the lines of rules by id, and
    of limits by `limit:` and theirs."""

    mistakes: list[Mistake] = field(default_factory=list)
    asks: list[tuple[int, str]] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)

    def note(self, found: Wrong) -> None:
        """Keep a mistake to tell it."""
        self.mistakes.append(Mistake(found.line, found.problem, found.fix))

    @contextmanager
    def noting(self) -> Iterator[None]:
        """A mistake inside the block is noted, and reading goes on behind it."""
        try:
            yield
        except Wrong as found:
            self.note(found)

    def given(self, found: Mapping[str, Node], key: str, read: Callable[[Node], T], otherwise: T) -> T:
        """What is written under a key; a mistake there is noted."""
        with self.noting():
            return read(found[key]) if key in found else otherwise
        return otherwise

    def each(self, node: Node | None, what: str, read: Callable[[Node], T]) -> tuple[T, ...]:
        """The items of a list that can be read; the mistakes of the others are noted."""
        found: list[T] = []
        with self.noting():
            if node is not None and not isinstance(node, SequenceNode):
                wrong(node, f"`{what}` is no list", "write each as `- …` on a line of its own")
            for one in node.value if node is not None else ():
                with self.noting():
                    found.append(read(one))
        return tuple(found)
