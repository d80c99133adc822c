"""Scenarios that together reach every transition of every life, and everything that a store does."""

from __future__ import annotations

import contextlib
from typing import Any, Final

from handrail.action.commands import Claim, Reconcile, Release, ReportOutcome, Settle, Withdraw
from handrail.directory.commands import (
    NoteAccount,
    PutAgent,
    PutGroup,
    PutKey,
    PutPerson,
    PutRota,
    RemoveAgent,
    RemoveKey,
    RemovePerson,
)
from handrail.principal import agent
from handrail.review import commands as review_commands
from handrail.run import commands as run_commands
from handrail.store.protocol import Reader
from tests.crash import policies, telling, vault, watched
from tests.crash.policies import DENIES, RUNS, TWO
from tests.crash.script import EXECUTOR, Scenario, Script, review
from tests.engine.kit import proposal

SCENARIOS: Final[dict[str, Scenario]] = {}
LADDER: Final[dict[str, Any]] = {"reviewers": ("group:team",), "within": 600_000_000, "remind": 120_000_000}


def scenario(play: Scenario) -> Scenario:
    """Enter it into the list."""
    SCENARIOS[play.__name__] = play
    return play


@scenario
def approved(s: Script) -> None:
    """One action from its proposal to its result; another is edited, a third withdrawn."""
    s.propose("act_1", key="one")
    s.propose("act_2")
    s.propose("act_3")
    s.decide(review("act_1"))
    s.start("act_1")
    s.settle("act_1")
    s.decide(review("act_2"), "edit", args='{"n":2}')
    s.send("act_2", Withdraw())
    s.send("act_3", Withdraw())


for _one in (
    policies.ruled,
    policies.unasked,
    policies.limited,
    policies.permitted,
    policies.predicted,
    policies.halted,
):
    scenario(_one)
for _one in (watched.controlled, watched.monitored, watched.ended, watched.lost, watched.pruned, telling.told):
    scenario(_one)


@scenario
def refused(s: Script) -> None:
    """Rejected, denied, expired, and a grant that nobody used in time."""
    for one in ("act_1", "act_2", "act_3", "act_4"):
        s.propose(one, within=600_000_000, grant=600_000_000)
    s.decide(review("act_1"), "reject")
    s.send("act_1", ReportOutcome(wrong=True), s.solo)
    s.decide(review("act_2"))
    s.decide(review("act_3"))
    s.pass_(580)
    s.send("act_3", Claim("exe_1"))
    s.send(review("act_4"), review_commands.Claim(), s.solo)
    s.pass_(21)
    s.tick("act_2", "act_3", review("act_4"))
    s.apply(DENIES)
    s.propose("act_5")


@scenario
def lapsed(s: Script) -> None:
    """A lease ends before the start and after it; people say that it happened, did not, or shall be tried again."""
    for one in ("act_1", "act_2", "act_3", "act_4"):
        s.propose(one)
        s.decide(review(one))
    s.send("act_1", Claim("exe_1"))
    s.pass_(61)
    s.tick("act_1")
    s.send("act_1", Claim("exe_1"))
    s.send("act_1", Release("exe_1", 2))
    for one in ("act_1", "act_2", "act_3", "act_4"):
        s.start(one)
    s.settle("act_4", "unknown")
    s.refused("act_4", Settle(EXECUTOR, 1, "succeeded", {"value": 1}))
    s.pass_(61)
    s.tick("act_1", "act_2", "act_3")
    s.decide(review("act_1", 2, "exception"), "happened", value=1)
    s.decide(review("act_2", 2, "exception"), "not_happened")
    s.decide(review("act_3", 2, "exception"), "retry")
    s.start("act_3")
    s.settle("act_3", fence=3)


@scenario
def probed(s: Script) -> None:
    """The probe finds it out, or does not and nobody is left to ask."""
    for one in ("act_1", "act_2", "act_3", "act_4"):
        s.propose(one, probe=True)
        s.decide(review(one))
        s.start(one)
    s.pass_(61)
    s.tick("act_1", "act_2", "act_3", "act_4")
    s.send("act_1", Reconcile("happened", {"value": 1}, fence=2))
    s.send("act_2", Reconcile("not_happened", fence=2))
    s.send("act_3", Reconcile("unclear", fence=2))
    s.decide(review("act_3", 2, "exception"), "happened", value=2)
    s.pass_(100_000)
    s.tick("act_4")
    s.pass_(100_000)


@scenario
def late(s: Script) -> None:
    """An executor that was given up reports, wherever its action has come to meanwhile."""
    for one in (actions := [f"act_{number}" for number in range(1, 10)]):
        s.propose(one, probe=True, grant=600_000_000)
        s.decide(review(one))
        s.start(one)
    s.pass_(61)
    s.tick(*actions)
    for one in actions:
        s.send(one, Reconcile("happened" if one == "act_8" else "not_happened", {"value": 1}, fence=2))
    s.send("act_2", Claim(EXECUTOR))
    for one in ("act_3", "act_4", "act_5", "act_6"):
        s.start(one)
    for one in ("act_4", "act_5", "act_6"):
        s.settle(one, "failed", fence=3, escalate=one != "act_4")
    s.decide(review("act_6", 2, "exception"), "skip")
    s.send("act_7", Withdraw())
    for one in actions[:8]:
        s.refused(one, Settle(EXECUTOR, 1, "succeeded", {"value": 1}))
    s.pass_(600)
    s.tick("act_9")
    s.refused("act_9", Settle(EXECUTOR, 1, "succeeded", {"value": 1}))


@scenario
def failed(s: Script) -> None:
    """Attempts fail, and a person tries again, supplies, skips or ends it; two are answered without a run."""
    for one in ("act_1", "act_2", "act_3", "act_4"):
        s.propose(one)
        s.decide(review(one))
        s.start(one)
        s.settle(one, "failed", escalate=one != "act_4")
    s.decide(review("act_1", 2, "exception"), "supply", value=3)
    s.decide(review("act_2", 2, "exception"), "skip")
    s.decide(review("act_3", 2, "exception"), "abort")
    for one in ("act_1", "act_2", "act_3"):
        s.send(one, ReportOutcome(wrong=True, note="the customer was charged twice"))
    s.send("act_5", proposal('{"default":3,"question":"?"}', kind="question", reviewers=("user:local",)))


@scenario
def retried(s: Script) -> None:
    """An attempt fails and is repeated; it fails again, and a person says once more. Another is given up meanwhile."""
    s.propose()
    s.decide(review())
    s.start()
    s.settle(outcome="failed", retry_in=1_000_000)
    s.pass_(1)
    s.start()
    s.settle(outcome="failed", escalate=True, fence=2)
    s.decide(review("act_1", 2, "exception"), "retry")
    s.start()
    s.settle(fence=3)
    s.propose("act_2")
    s.decide(review("act_2"))
    s.start("act_2")
    s.settle("act_2", outcome="failed", retry_in=1_000_000)
    s.send("act_2", Withdraw())


@scenario
def voted(s: Script) -> None:
    """Two people agree, by themselves or over an edit; votes are taken back, and take effect in the end."""
    ann, ben = s.employ("ann"), s.employ("ben")
    asked: dict[str, Any] = {"reviewers": ("group:team",), "quorum": (("any", 2),), "undo": 60_000_000}
    for one in ("act_1", "act_2", "act_3"):
        s.propose(one, **asked)
    s.decide(review("act_1"), who=ann)
    s.send(review("act_1"), review_commands.Claim(), ben)
    s.decide(review("act_1"), who=ben)
    s.send(review("act_1"), review_commands.Comment("wait"), ann)
    s.send(review("act_1"), review_commands.Revoke(), ben)
    s.decide(review("act_1"), who=ben)
    s.send(review("act_2"), review_commands.Claim(), ben)
    s.decide(review("act_2"), who=ann)
    s.decide(review("act_2"), "edit", who=ben, args='{"n":2}')
    s.send(review("act_3"), review_commands.Claim(), ann)
    s.decide(review("act_3"), "edit", who=ann, args='{"n":3}')
    s.pass_(60)
    s.tick(review("act_1"))


@scenario
def asked(s: Script) -> None:
    """Claimed, released, delegated, commented, reminded, escalated, expired: open and claimed."""
    ann, ben = s.employ("ann"), s.employ("ben", "elsewhere")
    s.employ("cyn", "others")
    ladder: dict[str, Any] = LADDER | {"then": (("group:others", 600_000_000),)}
    one, two = review("act_1"), review("act_2")
    for action in ("act_1", "act_2"):
        s.propose(action, **ladder)
    s.send(one, review_commands.Comment("open"), ann)
    s.send(one, review_commands.Claim(), ann)
    s.send(one, review_commands.Claim(), ann)
    s.send(one, review_commands.Comment("claimed"), ann)
    s.send(one, review_commands.Delegate("usr_ben"), ann)
    s.pass_(121)
    s.tick(one, two)
    s.send(one, review_commands.Release(), ann)
    s.send(two, review_commands.Delegate("usr_ben"), ann)
    s.send(two, review_commands.Claim(), ann)
    s.send(two, review_commands.Escalate(), ann)
    s.pass_(1_000)
    s.tick(one)
    s.send(two, review_commands.Claim(), ben)
    s.pass_(200)
    s.tick(one, two)


@scenario
def closed(s: Script) -> None:
    """Withdrawn and superseded: open, claimed, and decided but not yet in effect."""
    for number, one in enumerate(("act_1", "act_2", "act_3", "act_4", "act_5", "act_6")):
        s.propose(one, undo=60_000_000)
        if number % 3 == 1:
            s.send(review(one), review_commands.Claim(), s.solo)
        if number % 3 == 2:
            s.decide(review(one))
    for one in ("act_1", "act_2", "act_3"):
        s.send(one, Withdraw())
    for one in ("act_4", "act_5", "act_6"):
        s.propose(f"{one}_again", supersedes=one)


@scenario
def run(s: Script) -> None:
    """A run with a fault, entered again, and a proposal in it that is found again."""
    one = s.agent.run_id("payday")
    s.send(one, run_commands.Open("payday"))
    s.send(one, run_commands.Note("it broke"))
    s.send(one, run_commands.Open("payday"))
    s.propose(run=one, occurrence=1, intent="pay")
    s.decide(review(), "reject")
    s.propose("act_2", run=one, intent="pay")
    s.send(one, run_commands.Finish())


@scenario
def stopped(s: Script) -> None:
    """A run is stopped with what waits in it, and with the run inside it."""
    outer, inner = s.agent.run_id("outer"), s.agent.run_id("inner")
    s.send(outer, run_commands.Open("outer"))
    s.send(inner, run_commands.Open("inner", outer))
    s.propose("act_1", run=outer)
    s.propose("act_2", run=inner)
    s.send(outer, run_commands.Stop("enough"), s.solo)


@scenario
def directory(s: Script) -> None:
    """People and groups come, change and go; strangers are refused and may become known."""
    ann = s.employ("ann", roles=("administrator", "reviewer"))
    s.employ("ben")
    s.employ("ben", "others")
    ben = s.person("ben")
    for what in ("invited", "password_set", "signed_out"):
        s.send("usr_ben", NoteAccount(what), ann)
    s.send("usr_ben", NoteAccount("passkey_added", "pky_1"), ben)
    s.send("usr_ben", NoteAccount("passkey_removed", "pky_1"), ben)
    for stranger in ("usr_carl", "usr_dora", "usr_emil"):
        s.refused(stranger, RemovePerson(), s.as_(agent(stranger, "osu_x")))
    s.pass_(2)
    s.refused("usr_emil", RemovePerson(), s.as_(agent("usr_emil", "osu_x")))
    put = PutPerson("handle", None, (), "carl", "carl")
    s.send("usr_carl", put, ann)
    s.send("usr_dora", PutGroup("handle", "dora"), ann)
    s.send("usr_emil", PutAgent("usr_ann", "emil", "ann"), ann)
    s.send("usr_carl", RemovePerson(), ann)
    s.refused("usr_ben", NoteAccount("invited"), s.person("carl"))
    s.send("usr_carl", put, ann)
    s.refused("usr_ann", RemovePerson(), ben)


@scenario
def agents(s: Script) -> None:
    """A group gets a rota; an agent and its key come, change and go; the policy is applied twice."""
    ann = s.employ("ann", roles=("administrator", "reviewer"))
    s.employ("ben")
    s.send("grp_x", PutGroup("handle_x", "x"), ann)
    s.send("grp_x", PutRota("x", {"shifts": [{"who": "user:ann", "from": 0, "to": 1}]}), ann)
    s.send("agt_x", PutAgent("usr_ann", "x", "ann"), ann)
    s.send("agt_x", PutAgent("usr_ben", "x", "ben"), ann)
    s.send("key_x", PutKey("agt_x", ("propose",), None, "x"), ann)
    s.send("key_x", PutKey("agt_x", ("propose",), 10**16, "x"), ann)
    s.send("key_x", RemoveKey(), ann)
    s.send("agt_x", RemoveAgent(), ann)
    s.send("agt_x", PutAgent("usr_ann", "x", "ann"), ann)
    s.apply(RUNS, ann)
    s.apply(TWO, ann)


@scenario
def reads(s: Script) -> None:
    """Everything that is read, and the vault."""
    one = s.agent.run_id("payday")
    s.send(one, run_commands.Open("payday"))
    for action in ("act_1", "act_2", "act_3"):
        s.propose(action, run=one, key=action)
    s.decide(review("act_1"), "reject", note="no")
    s.decide(review("act_2"))
    s.start("act_2")
    vault.everything(s)
    with s.desk.store.read() as reader:
        everything = [
            reader.beginning("default", "act_", 5),
            reader.entries("default"),
            reader.entries("default", sub="act_1"),
            reader.latest("default", "act_1", 1, 5),
            reader.disclosures("default", [0, 1]),
            reader.held("default", agent="agt_1"),
            reader.standing("default", "act_2"),
            *_texts_and_offers(reader, one),
            reader.decided("default", "test.effect", 0, 5),
            reader.of_run("default", one, 5),
            reader.held("default", owner="osu_1"),
            reader.due(10**17, 5),
            reader.offers("default", [("test.effect", "sha256:0")], "agt_1", [], 5),
            reader.next_due(),
            *(
                reader.page("default", "review", after=after, **given)
                for after in (None, (1, 1, "rev_1"))
                for given in ({}, {"waiting": True}, {"ended": True}, {"parent": one})
            ),
        ]
    assert len(everything) > 20
    assert s.desk.store.version() >= 0
    with contextlib.suppress(ZeroDivisionError), s.desk.store.write() as tx:
        assert 1 / 0, tx
    with s.desk.store.write() as tx:
        end = s.clock.now() + 60_000_000
        tx.renew("default", {"act_2": (end, end)})
        tx.forget("default", 1, 10)
    s.settle("act_2")


def _texts_and_offers(reader: Reader, run: str) -> list[Any]:
    functions = [("test.effect", "sha256:0")]
    return [
        reader.text("default", "act_1", "sha256:0"),
        reader.waiting("default", 10),
        reader.short_args("default", [("act_1", 1)], 10),
        reader.blob("default", "sha256:0"),
        reader.offering("default", functions, 5),
        reader.offers("default", functions, "agt_1", [run], 5),
        reader.unsure("default", functions, 5),
        reader.cursors("default", "decisions/", 5),
        reader.abandoned("default", 5),
        reader.count_failing("default", "fal_1", 5),
        reader.watched("default", 5),
        reader.watched_ended("default", 0, 5),
        reader.asking("default", [run], 5),
        *(reader.failing("default", "error", "x", after) for after in (None, (1, 1, "rev_1"))),
        *(reader.failing("default", "like", "x", after) for after in (None, (1, 1, "rev_1"))),
    ]
