"""Reads the engine's states with digests that tell what they are digests of, as the pure world writes them."""

from dataclasses import replace
from typing import Any, Final

import orjson

from handrail.action.digest import action_digest
from handrail.action.model import Action
from handrail.audit.disclosure import disclosure_digest, open_disclosure
from handrail.codec.records import State, read_state
from handrail.directory.model import Guest
from handrail.engine.request import DEFAULT_TENANT as TENANT
from handrail.policy.budget import Budget
from handrail.policy.register import ActivePolicy
from handrail.policy.standing import Standing
from handrail.policy.stops import Stop
from handrail.review.model import Review
from handrail.run.model import Run
from handrail.store.protocol import Reader, Stream
from tests.heart.world import revision_of, text_digest


class Readable:
    """Each digest that the engine made, with the readable one that stands for it; checked when it is first met."""

    def __init__(self) -> None:
        self._read: Final[dict[str, str]] = {}
        self._real: Final[dict[tuple[str, str], str]] = {}

    def real(self, subject: str, digest: Any) -> Any:
        """The engine's digest for the world's; one that the engine never made stays as it is."""
        return self._real.get((subject, digest), digest)

    def state(self, reader: Reader, row: Stream) -> State:
        """A row's state as the pure world would hold it."""
        state = read_state(row.kind, row.state)
        match state:
            case Action():
                return self._action(reader, state)
            case Review():
                return self._review(reader, state)
            case Run():
                return self._run(reader, state)
            case Guest() | ActivePolicy() | Budget() | Standing() | Stop():
                return state
            case _:
                return replace(state, profile=self._text(reader, state.id, state.profile))

    def _action(self, reader: Reader, state: Action) -> Action:
        bind = self._bind(reader, state.id, state.id, state.revision, state.bind)
        grant = replace(state.grant, bind=self._read[state.grant.bind]) if state.grant else None
        context, story, outcome = (
            self._text(reader, state.id, one) for one in (state.context, state.story, state.outcome)
        )
        return replace(state, bind=bind, grant=grant, context=context, story=story, outcome=outcome)

    def _review(self, reader: Reader, state: Review) -> Review:
        bind = self._bind(reader, state.id, state.action, state.revision, state.bind)
        view = self._view(reader, state)
        decision = state.decision
        if decision is not None:
            note, value = (self._text(reader, state.id, one) for one in (decision.note, decision.value))
            decision = replace(decision, note=note, value=value)
        return replace(state, bind=bind, view=view, decision=decision)

    def _run(self, reader: Reader, state: Run) -> Run:
        title, note, step = (self._text(reader, state.id, one) for one in (state.title, state.note, state.step))
        cleanups = tuple(replace(one, args=self._text(reader, state.id, one.args)) for one in state.cleanups)
        return replace(state, title=title, note=note, step=step, cleanups=cleanups)

    def _text(self, reader: Reader, subject: str, digest: str | None) -> str | None:
        if digest is None:
            return None
        if digest not in self._read:
            self._read[digest] = text_digest(_opened(reader, subject, digest))
        return self._read[digest]

    def _bind(self, reader: Reader, subject: str, action: str, number: int, bind: str) -> str:
        if bind not in self._read:
            kept = reader.revision(TENANT, action, number)
            assert kept is not None, f"revision {number} of {action} is not kept"
            found = action_digest(tenant=TENANT, action=action, name="mail.send", args=kept.args, salt=kept.salt)
            assert kept.bind == bind == found, f"revision {number} of {action} is bound to other bytes"
            self._read[bind] = revision_of(action, number, kept.args).bind
        self._real[subject, self._read[bind]] = bind
        return self._read[bind]

    def _view(self, reader: Reader, state: Review) -> str:
        if state.view not in self._read:
            view = _opened(reader, state.id, state.view)
            shown = {"round": view["review"]["round"], "bind": self._read[view["action"]["bind"]]}
            self._read[state.view] = text_digest(shown)
        self._real[state.id, self._read[state.view]] = state.view
        return self._read[state.view]


def _opened(reader: Reader, subject: str, digest: str) -> Any:
    text = reader.text(TENANT, subject, digest)
    assert text is not None, f"{subject} lacks a text"
    assert disclosure_digest(text) == digest
    return orjson.loads(open_disclosure(text).value)
