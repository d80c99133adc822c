"""Where the suite finds the product: on a database in this process or at a server, on SQLite or PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import handrail
from handrail.clock import SystemClock
from handrail.codec.canonical import canonical
from handrail.codec.policies import put_policy
from handrail.codec.policy_file import read_policy_file
from handrail.embedded import Database, Embedded, solo_person
from handrail.policy.register import ID
from handrail.principal import person
from handrail.review.commands import Comment, Decide
from handrail.view.model import folds
from tests.server.company import Company
from tests.server.house import House, serving

POLICY = """
rules:
  - {name: what needs nobody, action: sentinel.free, verdict: run, replaces: code}
"""


@dataclass
class Place:
    """An agent's rail on one database, and Ann, who decides there."""

    rail: handrail.Rail
    ann: Embedded

    def decide(self, review: str, outcome: str, note: str | None, args: Any = None, value: Any = None) -> None:
        """Decide on what is shown."""
        record = self.ann.review(review)
        text = None if args is None else canonical(args)
        seen = folds(record.view) or ()
        self.ann.call(review, Decide(outcome, record.state.view, note, value, text, seen))  # type: ignore[arg-type]

    def comment(self, review: str, note: str) -> None:
        """Say something without deciding."""
        self.ann.call(review, Comment(note))


@dataclass
class Served(Place):
    """The same at a server: the agent has a key, and Ann has signed in."""

    house: House
    session: str

    def decide(self, review: str, outcome: str, note: str | None, args: Any = None, value: Any = None) -> None:
        shown = self._sent("GET", f"/reviews/{review}")
        body = {"outcome": outcome, "view": shown["state"]["view"], "note": note, "args": args, "value": value}
        body["seen"] = folds(shown["view"]) or []
        self._sent("POST", f"/reviews/{review}/decisions", {key: one for key, one in body.items() if one is not None})

    def comment(self, review: str, note: str) -> None:
        self._sent("POST", f"/reviews/{review}/comments", {"text": note})

    def _sent(self, method: str, path: str, body: Any = None) -> Any:
        found = self.house(method, path, self.session, json=body)
        assert found.is_success, found.text
        return found.json()


@contextmanager
def place(address: str, *, served: bool) -> Iterator[Place]:
    """The product on a new database at that address."""
    database = Database(address)
    company = Company("", SystemClock(), database=database)
    company.person("ann", "reviewers", roles=("administrator", "reviewer"))
    boss = Embedded(database, solo_person)
    ann_id = boss.archive.directory().resolve("user:ann") or ""
    ann = Embedded(database, lambda _: person(ann_id, "local"))
    ann.call(ID, put_policy(POLICY, read_policy_file(POLICY).policy))
    try:
        if not served:
            url = address if "://" in address else f"sqlite:///{address}"
            rail = handrail.connect(url, agent="suite", reviewers="group:reviewers", quiet=True)
            yield Place(rail, ann)
            rail.close()
            return
        caps = {"open_reviews": 10_000, "asks_per_minute": 1_000_000, "burst": 10_000}
        with serving(company, caps=handrail_caps(**caps)) as house:
            key = company.key("suite")
            rail = handrail.connect(house.url, key=key, reviewers="group:reviewers", quiet=True)
            yield Served(rail, ann, house, house.session("ann"))
            rail.close()
    finally:
        database.close()


def handrail_caps(**given: int) -> Any:
    """Caps that a suite in a hurry does not reach."""
    from handrail.server.settings import Caps

    return Caps(**given)
