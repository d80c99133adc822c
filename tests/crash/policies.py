"""Policies of scenarios, and scenarios of what rules say, limits count, and people let run for a while or stop."""

from typing import Final

from handrail.action.commands import Propose, Withdraw
from handrail.ids import derive
from handrail.policy.declaration import Declaration
from handrail.policy.standing import Revoke, Terms
from handrail.policy.stops import Halt, Lift
from handrail.run.commands import Open
from tests.crash.script import Script, review
from tests.engine.kit import proposal

TEAM: Final = "default_path: p\npaths: {p: {levels: [{ask: group:team, for: 1h}]}}\n"
RUNS: Final = TEAM + "rules: [{name: runs, action: test.effect, verdict: run, replaces: code}]\n"
TWO: Final = TEAM + "rules: [{name: two, action: test.effect, pattern: approval, quorum: 2}]\n"
OFTEN: Final = TEAM + "rules: [{name: often, action: test.effect, when: 'history.count(\"1h\") > 1', verdict: deny}]\n"
DENIES: Final = "rules: [{name: no, action: test.effect, when: 'history.count(\"1h\") >= 0', verdict: deny}]\n"
LIMITED: Final = """
default_path: p
paths: {p: {levels: [{ask: group:team, for: 1h}]}}
rules: [{name: runs, action: test.effect, verdict: run, replaces: code}]
limits: [{name: one an hour, action: test.effect, per: agent, within: 1h, at_most: 1}]
"""


def limited(s: Script) -> None:
    """A limit counts what may run, starts and is taken back; beyond it a person is asked."""
    s.apply(LIMITED)
    s.propose("act_1")
    s.propose("act_2")
    s.send("act_1", Withdraw())
    s.propose("act_3")
    s.start("act_3")
    s.settle("act_3")
    s.decide(review("act_2"))
    s.start("act_2")
    s.settle("act_2")


def predicted(s: Script) -> None:
    """An output of which its agent is sure, and one that people accept."""
    for one, sure in (("act_1", 0.9), ("act_2", 0.1)):
        s.propose(one, '{"output":1}', kind="output", pattern="confidence", threshold=0.8, confidence=sure)
    s.decide(review("act_2", kind="check"))


def permitted(s: Script) -> None:
    """The like of what was approved runs, until it was used up, is taken back, or its time is over."""
    for one, terms in (("act_1", Terms(times=1)), ("act_3", Terms()), ("act_5", Terms(lasts=60_000_000))):
        s.propose(one, reversible=True)
        s.decide(review(one), standing=terms)
        s.propose(f"act_{int(one[4:]) + 1}", reversible=True)
        if one == "act_3":
            s.send(derive("std", review(one)), Revoke(), s.solo)
    s.pass_(61)
    s.tick(derive("std", review("act_5")))
    s.propose("act_7", reversible=True)


def halted(s: Script) -> None:
    """Everything is stopped while something waits, may start, and goes on; then that is lifted."""
    s.send("run_1", Open("work"))
    for one in ("act_1", "act_2", "act_3"):
        s.propose(one)
    s.decide(review("act_2"))
    s.decide(review("act_3"))
    s.start("act_3")
    s.send("stp_1", Halt("all", "it pays twice"), s.solo)
    s.refused("act_4", proposal())
    s.settle("act_3")
    s.tick("stp_1")
    s.send("stp_1", Lift("it is repaired"), s.solo)
    s.propose("act_4")


def ruled(s: Script) -> None:
    """A rule lets it run; a stricter policy holds it at the start, another one denies it."""
    s.employ("ann")
    s.employ("ben")
    ann = s.person("ann")
    s.apply(RUNS, ann)
    for one in ("act_1", "act_2", "act_3"):
        s.propose(one, reviewers=("group:team",))
    s.start("act_1")
    s.settle("act_1")
    s.apply(TWO, ann)
    s.start("act_2")
    s.decide(review("act_2"), who=ann)
    s.decide(review("act_2"), who=s.person("ben"))
    s.apply(DENIES, ann)
    s.start("act_3")


def unasked(s: Script) -> None:
    """What ran by a rule and names nobody stays unknown."""
    s.apply("rules: [{name: runs, action: test.effect, verdict: run, replaces: code}]\n")
    s.send("act_1", Propose("test.effect", '{"n":1}', "sha256:0", "{}", Declaration("auto")))
    s.start()
    s.pass_(61)
    s.tick("act_1")
