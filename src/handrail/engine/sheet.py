"""Reads everything that the page of one review shows in one snapshot, and draws it after that was let go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, tzinfo
from typing import Any, Final, NamedTuple

import orjson

from ..action.hindsight import JUDGED
from ..action.model import WAITING, Action
from ..backend import Event, Text
from ..codec.parameters import in_order
from ..codec.records import State, read_state
from ..directory.roles import JUDGES
from ..errors import AlreadyDecided, Late, NotAllowed, UnknownReview
from ..policy.paths import ANYONE
from ..principal import Principal
from ..review.lifecycle import choices, may_comment
from ..review.model import OPEN, Outcome, Review
from ..review.permission import barrier
from ..review.voting import voted
from ..store.protocol import Reader
from ..view.drawing import drawn, inline
from ..view.escape import visible
from ..view.facts import awaits
from ..view.masks import conceal
from ..view.model import Erased
from ..view.page import Fact
from ..view.page import page as draw
from . import page as shape
from . import past, similar
from .archive import Archive
from .inbox import Inbox
from .rows import Material, Rows, said, titled

STEPS: Final = 8
MOST_ENTRIES: Final = 200
"""The last entries of a review and of its action of which a page tells."""


MOST_ALIKE: Final = 100
"""Failures that are alike beyond which nobody counts."""
POWERLESS: Final = "this needs the permission to decide, which none of your roles gives"


class Viewer(NamedTuple):
    """For whom a page is: what their roles let them do, their time (µs) and their time zone."""

    principal: Principal
    permissions: frozenset[str]
    now: int
    zone: tzinfo = UTC

    @property
    def decides(self) -> bool:
        """Whether a role lets them decide at all."""
        return "decide" in self.permissions


class Taken(NamedTuple):
    """An action of the run, with its arguments and who decided about it."""

    action: Action
    args: str | None
    schema: str | None
    by: str | None


class Snapshot(NamedTuple):
    """What one snapshot of the database holds about a review."""

    rows: Rows
    material: Material
    texts: dict[str, Text]
    events: list[Event]
    attempts: list[Event]
    revisions: dict[int, str | None]
    steps: list[Taken]
    similar: similar.Found
    first: str | None
    failing_alike: int
    returns: dict[str, Any] | None


class Sheets:
    """The pages of one tenant's reviews."""

    def __init__(self, archive: Archive) -> None:
        self._archive: Final = archive
        self._tenant: Final = archive.tenant
        self._inbox: Final = Inbox(archive)

    def page(self, review: str, viewer: Viewer) -> shape.Page:
        """The page of a review as somebody sees it. Raises `UnknownReview`."""
        with self._archive.read() as reader:
            found = self._read(reader, review, viewer.now)
        return Sheet(found, viewer).page()

    def _read(self, reader: Reader, review: str, now: int) -> Snapshot:
        state = self._archive.state_in(reader, review)
        if not isinstance(state, Review):
            raise UnknownReview(f"no review {review} is in this database: check the id")
        (material,) = self._inbox.materials(reader, [state])
        action, events = material.action, self._archive.latest_in(reader, state, MOST_ENTRIES)
        about = similar.About(action, state, material.args)
        return Snapshot(
            self._inbox.rows_in(reader), material, self._texts(reader, material), events,
            self._archive.latest_in(reader, action, MOST_ENTRIES), self._revisions(reader, state, events),
            list(self._steps(reader, action)), similar.find(self._archive, reader, about, now),
            self._archive.first_in(reader, action), self._failing_alike(reader, state),
            self._returns(reader, state, action),
        )  # fmt: skip

    def _returns(self, reader: Reader, review: Review, action: Action) -> dict[str, Any] | None:
        """What a result has to fit that people give, or what would have been right instead of a sample's output."""
        digest = action.returns if review.kind != "sample" else action.schema if action.kind == "output" else None
        text = reader.blob(self._tenant, digest) if digest else None
        found: dict[str, Any] | None = orjson.loads(text) if text else None
        return output_of(found) if found and review.kind == "sample" else found

    def _failing_alike(self, reader: Reader, review: Review) -> int:
        """How many other reviews wait after failures like the one that this one waits after."""
        if review.like is None:
            return 0
        waits = review.status in OPEN
        return reader.count_failing(self._tenant, review.like, MOST_ALIKE + waits) - waits

    def _texts(self, reader: Reader, material: Material) -> dict[str, Text]:
        """The erasable texts that are shown, by what they are."""
        review, action, made = material.review, material.action, material.review.decision
        digests = {
            "context": (action.id, action.context), "story": (action.id, action.story),
            "outcome": (action.id, action.outcome), "note": (review.id, made.note if made else None),
            "value": (review.id, made.value if made else None),
        }  # fmt: skip
        return {name: self._archive.text_in(reader, *digest) for name, digest in digests.items()}

    def _revisions(self, reader: Reader, review: Review, events: Iterable[Event]) -> dict[int, str | None]:
        """The arguments of the revisions that edits made, of those that they were made from, and of the first."""
        edits = [number for event in events if event.type == "review.edited" for number in _edited(event)]
        numbers = {1, *edits} if review.revision > 1 else set()
        kept = {number: reader.revision(self._tenant, review.action, number) for number in numbers}
        return {number: one.args if one else None for number, one in kept.items()}

    def _steps(self, reader: Reader, action: Action) -> Iterator[Taken]:
        rows = reader.of_run(self._tenant, action.run, STEPS) if action.run else []
        actions = [one for one in map(_state, reversed(rows)) if isinstance(one, Action)]
        asked = reader.streams(self._tenant, [one.asked for one in actions if one.asked])
        reviews = {one.id: one for one in map(_state, asked) if isinstance(one, Review)}
        for one in actions:
            kept = reader.revision(self._tenant, one.id, one.revision)
            review = reviews.get(one.asked or "")
            by = review.decision.by if review and review.decision else None
            yield Taken(one, kept.args if kept else None, reader.blob(self._tenant, one.schema), by)


def _state(row: Any) -> State:
    return read_state(row.kind, row.state)


def _edited(event: Event) -> tuple[int, int]:
    number = int(str(event.data["revision"]))
    return number - 1, number


class Sheet:
    """Draws the page of one snapshot for one viewer."""

    def __init__(self, found: Snapshot, viewer: Viewer) -> None:
        self._found, self._viewer = found, viewer
        self._names, self._material = found.rows, found.material
        self._review, self._action = found.material.review, found.material.action
        kept = found.material.args
        self._args: Final = None if kept is None else in_order(kept, found.material.schema)

    def page(self) -> shape.Page:
        """The whole page."""
        found, review = self._found, self._review
        open_to, refusal = self._choices()
        return shape.Page(
            row=found.rows.row(self._material), v=found.rows.v, now=self._viewer.now, view=self._view(),
            ladder=tuple(past.ladder(review, found.events, self._names)), quorum=tuple(self._quorum()),
            undo=review.demand.undo, raw=self._args, schema=self._schema(), returns=self._found.returns,
            question=self._question(),
            choices=open_to, refusal=refusal, voted=self._voted(),
            permits=self._permits(open_to), may_comment=self._may_comment(),
            rounds=tuple(past.rounds(found.events, self._names, found.revisions)),
            attempts=tuple(past.attempts(self._action.id, found.attempts)), failing_alike=found.failing_alike,
            talk=tuple(past.talk(found.events, self._names)),
            run=self._run(), similar=similar.similar(found.similar, self._names), decision=self._decision(),
            outcome=self._outcome(), reports=tuple(past.reports(found.attempts, self._names)),
            may_report=self._may_report(), **self._drawn(),
        )  # fmt: skip

    def _drawn(self) -> dict[str, Any]:
        """What the view layer makes of the view and the bytes."""
        texts, first = self._found.texts, self._found.revisions.get(1)
        story: Any = texts["story"]
        drawn_page = draw(
            self._material.view if self._material.view is not None else Erased(self._review.view),
            args=Erased(self._review.bind) if self._args is None else self._args,
            context=texts["context"], story=story, names=self._called, now=self._viewer.now,
            first=in_order(first, self._material.schema) if first and self._review.revision > 1 else None,
            zone=self._viewer.zone,
        )  # fmt: skip
        drawn_page["facts"] += [Fact(name=name, words=words) for name, words in awaits(self._found.first)]
        return {name: tuple(value) if isinstance(value, list) else value for name, value in drawn_page.items()}

    def _called(self, id_: str) -> str:
        """What people call an id, as it is: whoever draws it draws what hides."""
        if self._material.run and id_ == self._material.run.id:
            return titled(self._material.run, self._material.title)
        return self._names.kept(id_)

    def _view(self) -> shape.ViewPart:
        view = self._material.view
        version = str(view["version"]) if view else ""
        return shape.ViewPart(self._review.view, version, self._review.bind, view is None)

    def _quorum(self) -> Iterator[shape.Place]:
        for place, number in self._review.demand.quorum:
            yield shape.Place(None if place == ANYONE else self._names.who(place), number)

    def _schema(self) -> dict[str, Any] | None:
        """What edited arguments have to fit; of a question, what its answer has to."""
        text = self._material.schema
        found = orjson.loads(text) if text and self._args is not None else None
        if self._action.kind == "question":
            found = (self._args or {}).get("schema")
        return found if isinstance(found, dict) else None

    def _question(self) -> shape.Question | None:
        if self._action.kind != "question" or self._args is None:
            return None
        options, default = self._args.get("options"), self._args.get("default")
        listed = tuple(shape.Option(_worded(one), one) for one in options) if isinstance(options, list) else None
        answers = self._review.demand.at_end == "answer"
        return shape.Question(
            _worded(self._args.get("question", "")), listed or None, _worded(default) if answers else None
        )

    def _choices(self) -> tuple[tuple[Outcome, ...], shape.Refusal | None]:
        """What the viewer may choose now, or why nothing."""
        viewer, people = self._viewer, self._found.rows.people(self._material)
        try:
            found = choices(self._review, viewer.principal, people, viewer.now)
            if not viewer.decides:
                raise NotAllowed(POWERLESS)
        except (AlreadyDecided, Late) as error:
            return (), shape.Refusal(error.code, visible(str(error)))
        except NotAllowed as error:
            return (), shape.Refusal(error.code, visible(str(error)) if viewer.decides else POWERLESS)
        return found, None

    def _voted(self) -> bool:
        return voted(self._review, self._viewer.principal, self._found.rows.people(self._material))

    def _permits(self, open_to: tuple[Outcome, ...]) -> bool:
        people, reversible = self._found.rows.people(self._material), self._action.reversible
        barred = barrier(self._review, self._viewer.principal, people, reversible=reversible)
        return "approve" in open_to and self._review.kind == "approval" and barred is None

    def _may_comment(self) -> bool:
        viewer, people = self._viewer, self._found.rows.people(self._material)
        return viewer.decides and may_comment(self._review, viewer.principal.id, people)

    def _may_report(self) -> bool:
        return self._action.status in JUDGED and not self._viewer.permissions.isdisjoint(JUDGES)

    def _run(self) -> shape.Steps | None:
        run = self._material.run
        if run is None:
            return None
        name = self._found.rows.run(run, self._material.title).name
        return shape.Steps(run.id, name, tuple(map(self._step, self._found.steps)))

    def _step(self, taken: Taken) -> shape.Step:
        one = taken.action
        return shape.Step(
            one.id, visible(one.name), said(one, one.bind, taken.args, taken.schema), one.status, one.proposed_at,
            self._names.of(taken.by) if taken.by else None, one.id == self._action.id,
        )  # fmt: skip

    def _decision(self) -> shape.Ended | None:
        made, texts = self._review.decision, self._found.texts
        if made is None:
            return None
        note, value = (None if texts[one] is None else past.written_text(texts[one]) for one in ("note", "value"))
        return shape.Ended(
            made.outcome, self._names.who(made.by), made.at, made.auth, note, value, self._review.revision > 1,
            made.effective_at, self._names.who(made.instead) if made.instead else None,
        )  # fmt: skip

    def _outcome(self) -> shape.Became | None:
        """Nothing while people are asked about it."""
        if self._action.status in WAITING:
            return None
        return shape.Became(self._action.status, past.outcome_text(self._found.texts["outcome"]))


def _worded(value: Any) -> str:
    """A text as it reads, other values as they are written; secrets covered."""
    return drawn(conceal(value)) if isinstance(value, str) else inline(value)


def output_of(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of an output, out of that of the arguments in which it travels."""
    shared = {"$defs": schema["$defs"]} if "$defs" in schema else {}
    return {**schema.get("properties", {}).get("output", {}), **shared}
