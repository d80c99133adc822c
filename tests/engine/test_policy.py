"""A policy over the real engine: what it holds and frees, when it counts, who may change it, and what the log keeps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from handrail.action.commands import Claim, Settle, Start
from handrail.audit.entry import parse_entry
from handrail.codec.policies import compiled_text, text_digest
from handrail.codec.policy_file import read_policy_file
from handrail.directory.commands import PutPerson
from handrail.embedded import Embedded
from handrail.errors import HandrailError, InvalidValue, NotAllowed, NotReady
from handrail.ids import mint
from handrail.policy.declaration import Declaration
from handrail.policy.register import ID, PutPolicy
from handrail.principal import person
from handrail.testing import FrozenClock

from .kit import Desk, proposal

TEAM = "default_path: p\npaths: {p: {levels: [{ask: group:team, for: 1h}]}}\n"
RUNS = TEAM + "rules: [{name: runs, action: test.effect, verdict: run, replaces: code}]\n"
ONE = TEAM + "rules: [{name: one, action: test.effect, pattern: approval}]\n"
TWO = TEAM + "rules: [{name: two, action: test.effect, pattern: approval, quorum: 2}]\n"
DENIES = "rules: [{name: no, action: test.effect, verdict: deny}]\n"
LOOSE = TEAM + "rules: [{name: runs, action: test.effect, verdict: run}]\n"


def put(text: str) -> PutPolicy:
    """The command that applies a policy."""
    compiled = compiled_text(read_policy_file(text).policy)
    return PutPolicy(text, compiled, text_digest(text), text_digest(compiled))


class Office(Desk):
    """Two people of a team, and policies."""

    def __init__(self, clock: FrozenClock | None = None) -> None:
        super().__init__(clock=clock)
        names = self.engine.names("default")
        for one in ("ann", "ben"):
            known = PutPerson(names.look_up("user", one), None, (names.group("team"),), one, one)
            self.person.call(f"usr_{one}", known)
        self.ann, self.ben = self.of("ann"), self.of("ben")

    def of(self, name: str) -> Embedded:
        """The backend of one person."""
        return Embedded(self.database, lambda _: person(f"usr_{name}", "session"))

    def apply(self, text: str, who: Embedded | None = None) -> str:
        """Make a policy the active one; its digest."""
        (who or self.ann).call(ID, put(text))
        return text_digest(text)

    def ask(self, **given: Any) -> str:
        """A new call that its code wants approved by the team."""
        return str(self.propose(reviewers=("group:team",), **given)["id"])

    def agree(self, action: str, *who: Embedded) -> None:
        """People approve."""
        for one in who or (self.ann,):
            self.decide(self.action(action).review or "", who=one)

    def begin(self, action: str) -> Any:
        """Its agent starts it."""
        return self.agent.call(action, Start("exe_1", self.action(action).bind))

    def quorum(self, action: str) -> int:
        """How many the open review asks for."""
        return sum(count for _, count in self.review(self.action(action).review or "").demand.quorum)


@pytest.fixture
def office() -> Iterator[Office]:
    made = Office()
    yield made
    made.close()


def test_a_weaker_policy_frees_nothing_that_is_held(office: Office) -> None:
    office.apply(TWO)
    action = office.ask()
    office.apply(RUNS)
    assert office.action(action).status == "held"
    office.agree(action, office.ann)
    assert office.action(action).status == "held"
    office.agree(action, office.ben)
    assert office.begin(action)["status"] == "started"


def test_what_was_agreed_to_is_asked_again_by_a_policy_that_asks_for_more(office: Office) -> None:
    action = office.ask()
    office.agree(action)
    digest = office.apply(TWO)
    assert office.begin(action)["status"] == "held"
    assert (office.quorum(action), office.action(action).pol) == (2, digest)
    office.agree(action, office.ann, office.ben)
    assert office.begin(action)["status"] == "started"


ON_PATH = ONE.replace("approval}", "approval, path: p}")
OTHERS = ON_PATH.replace("group:team", "user:ben")
MORE = ON_PATH.replace("group:team", "[group:team, user:ben]")
BRIEF = ONE.replace("approval}", "approval, grant: 10m}")


def test_what_was_agreed_to_is_asked_again_by_a_policy_that_asks_others(office: Office) -> None:
    action = office.ask()
    office.agree(action)
    office.apply(OTHERS)
    assert office.begin(action)["status"] == "held"
    office.agree(action, office.ben)
    assert office.begin(action)["status"] == "started"


def test_what_was_agreed_to_starts_under_a_policy_that_asks_others_too(office: Office) -> None:
    action = office.ask()
    office.agree(action)
    office.apply(MORE)
    assert office.begin(action)["status"] == "started"


@pytest.mark.parametrize(("after", "status"), [("9m", "started"), ("11m", "held")])
def test_what_was_agreed_to_longer_ago_than_the_policy_now_lets_a_grant_live_is_asked_again(
    office: Office, after: str, status: str
) -> None:
    action = office.ask()
    office.agree(action)
    office.apply(BRIEF)
    assert isinstance(office.clock, FrozenClock)
    office.clock.advance(after)
    assert office.begin(action)["status"] == status


@pytest.mark.parametrize("claim", [Claim("exe_1"), None])
def test_what_was_agreed_to_is_refused_at_claim_and_start_by_a_policy_that_denies(
    office: Office, claim: Claim | None
) -> None:
    action = office.ask()
    office.agree(action)
    office.apply(DENIES)
    office.agent.call(action, claim) if claim else office.begin(action)
    state = office.action(action)
    assert (state.status, state.reason) == ("refused", "policy_changed")


def test_a_policy_that_came_between_claim_and_start_counts(office: Office) -> None:
    action = office.ask()
    office.agree(action)
    claimed = office.agent.call(action, Claim("exe_1"))
    office.apply(TWO)
    office.agent.call(action, Start("exe_1", office.action(action).bind, claimed["fence"]))
    assert office.action(action).status == "held"


@pytest.mark.parametrize("now", [ONE, LOOSE, TEAM, "default: deny"])
def test_what_ran_by_a_rule_is_held_once_no_rule_replaces_its_code(office: Office, now: str) -> None:
    office.apply(RUNS)
    action = office.ask()
    assert office.action(action).status == "cleared"
    office.apply(now)
    assert office.begin(action)["status"] == "held"


def test_what_people_agreed_to_starts_under_a_policy_that_asks_no_more(office: Office) -> None:
    office.apply(TWO)
    action = office.ask()
    office.agree(action, office.ann, office.ben)
    office.apply(ONE)
    assert office.begin(action)["status"] == "started"


def test_what_was_denied_stays_so_whatever_policy_comes(office: Office) -> None:
    office.apply(DENIES)
    action = office.ask()
    office.apply(RUNS)
    with pytest.raises(NotReady, match="refused"):
        office.begin(action)


def test_a_retry_keeps_the_stamp(office: Office) -> None:
    office.apply(ONE)
    action = office.ask()
    office.agree(action)
    started = office.begin(action)
    office.apply(DENIES)
    again = Settle("exe_1", started["fence"], "failed", {"error": "no"}, retry_in=0)
    office.agent.call(action, again)
    assert office.action(action).status == "claimed"
    fence = office.action(action).fence
    office.agent.call(action, Start("exe_1", office.action(action).bind, fence))
    state = office.action(action)
    assert (state.status, state.attempt, state.pol) == ("started", 2, text_digest(ONE))


def test_an_edit_opens_a_round_with_the_stricter_of_what_holds_it_and_the_policy_of_now(office: Office) -> None:
    action = office.ask()
    office.apply(TWO)
    office.decide(office.action(action).review or "", "edit", office.ann, args='{"n":2}')
    assert (office.action(action).status, office.quorum(action)) == ("held", 2)
    office.agree(action, office.ben)
    assert office.begin(action)["status"] == "started"


def test_an_edit_is_never_easier_than_what_holds_it(office: Office) -> None:
    office.apply(TWO)
    action = office.ask()
    office.apply(RUNS)
    office.decide(office.action(action).review or "", "edit", office.ann, args='{"n":2}')
    assert (office.action(action).status, office.quorum(action)) == ("held", 2)


@pytest.mark.parametrize(
    "now",
    [
        DENIES,
        TEAM + "rules: [{action: test.effect, pattern: approval, quorum: 3}]",
        TEAM + "rules: [{action: test.effect, pattern: approval, quorum: {group:others: 1}}]",
    ],
)
def test_an_edit_that_is_denied_is_refused_to_its_editor_and_the_round_stands(office: Office, now: str) -> None:
    action = office.ask()
    before = office.review(office.action(action).review or "")
    office.apply(now)
    with pytest.raises(NotAllowed, match="the present round stands"):
        office.decide(before.id, "edit", office.ann, args='{"n":2}')
    after = office.review(before.id)
    assert (after.status, after.round, after.bind, after.view) == (before.status, 1, before.bind, before.view)


def test_nothing_runs_a_question(office: Office) -> None:
    office.apply(TEAM + "rules: [{name: all, action: '*', verdict: run, replaces: code}]")
    declared = Declaration("question", reviewers=("group:team",))
    asked = proposal('{"question":"Which?","options":["a"]}', kind="question")
    action = office.agent.call(
        mint("act"), type(asked)("handrail.ask", asked.args, asked.schema, "{}", declared, kind="question")
    )
    assert action["status"] == "held"


def test_each_entry_that_the_policy_decided_names_it_and_so_does_the_reader_of_the_log(office: Office) -> None:
    digest = office.apply(ONE)
    action = office.ask()
    with office.store.read() as reader:
        first = parse_entry(reader.entries("default", sub=action)[0].entry)
        assert reader.blob("default", digest) == ONE
    assert first.pol == digest
    assert office.replayed(action).pol == digest
    assert office.replayed(action) == office.action(action)


def test_the_texts_of_older_policies_stay(office: Office) -> None:
    digests = [office.apply(text) for text in (ONE, TWO, DENIES)]
    with office.store.read() as reader:
        assert [reader.blob("default", one) for one in digests] == [ONE, TWO, DENIES]


def test_a_change_is_one_entry_with_who_made_it_and_none_where_nothing_changed(office: Office) -> None:
    office.apply(ONE)
    office.apply(ONE)
    office.apply(TWO, office.ben)
    with office.store.read() as reader:
        entries = [parse_entry(row.entry) for row in reader.entries("default", sub=ID)]
    assert [(one.type, one.act.id, one.rev) for one in entries] == [
        ("policy.applied", "usr_ann", 1), ("policy.applied", "usr_ben", 2),
    ]  # fmt: skip
    assert office.replayed(ID) == office.archive_state(ID)


def test_once_there_is_an_administrator_nobody_else_changes_the_policy(office: Office) -> None:
    names = office.engine.names("default")
    put_ann = PutPerson(
        names.look_up("user", "ann"), None, (names.group("team"),), "ann", "ann", roles=("administrator",)
    )
    office.person.call("usr_ann", put_ann)
    with pytest.raises(NotAllowed, match="only an administrator"):
        office.apply(ONE, office.ben)
    with pytest.raises(NotAllowed, match="an agent may not"):
        office.apply(ONE, office.agent)
    assert office.archive_state(ID) is None
    office.apply(ONE, office.ann)
    assert office.archive_state(ID).by == "usr_ann"


@pytest.mark.parametrize("which", ["text_digest", "compiled_digest"])
def test_a_policy_under_a_digest_that_is_not_its_own_is_refused(office: Office, which: str) -> None:
    command = put(ONE)
    changed = PutPolicy(**{**{name: getattr(command, name) for name in command.__slots__}, which: text_digest("x")})
    with pytest.raises(InvalidValue, match="digests"):
        office.ann.call(ID, changed)


def test_a_policy_that_was_changed_in_the_database_lets_nothing_run(office: Office) -> None:
    office.apply(RUNS.replace("verdict: run", "pattern: approval"))
    with office.store.write() as tx:
        changed = 'REPLACE(body, \'"effect":"approval"\', \'"effect":"run"\')'
        tx.connection.execute(f"UPDATE blobs SET body = {changed}")  # type: ignore[attr-defined]
    office.engine._caches.clear()
    state = office.action(office.ask())
    assert (state.status, state.reason) == ("refused", "policy_unreadable")


def test_an_unreadable_policy_starts_nothing_that_was_agreed_to(office: Office) -> None:
    office.apply(ONE)
    action = office.ask()
    office.agree(action)
    office.apply(TWO)
    with office.store.write() as tx:
        tx.connection.execute("DELETE FROM blobs")  # type: ignore[attr-defined]
    office.engine._caches.clear()
    office.begin(action)
    assert office.action(action).status == "refused"
    with pytest.raises(HandrailError):
        office.begin(action)
