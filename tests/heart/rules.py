"""What a random world does, apart from where it is committed: subclass `Rules` and give it another `commit`.

Every refusal that the product names is welcome; anything else that is raised is a defect.
"""

import json
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from handrail.action import commands as action
from handrail.action.model import Action, Kind
from handrail.clock import HOUR, MINUTE, SECOND
from handrail.directory import commands as directory
from handrail.directory.model import Person
from handrail.directory.times import Absence, Times, times_text
from handrail.errors import HandrailError
from handrail.policy.declaration import Declaration
from handrail.policy.register import ID as ACTIVE
from handrail.policy.register import PutPolicy
from handrail.principal import SOLO_ID, Principal, agent, person
from handrail.review import commands as review
from handrail.review.model import Outcome, Review
from handrail.run import commands as run
from handrail.run.model import Monitor

from .moves import OUTCOMES
from .policies import POLICIES
from .world import NAMES, START

TEAMS = ("legal", "finance")
PEOPLE = ("ann", "bob", "cyd", "olga")
SURE = (None, 0.2, 0.5, 0.9)
BOTS = (agent("agt_one", "osu_olga"), agent("agt_two", "osu_sam", executes=True))
STAFF = tuple(person(f"usr_{name}", "session") for name in PEOPLE)
LADDERS: tuple[dict[str, Any], ...] = (
    {"reviewers": ("group:legal",)},
    {"reviewers": ("group:legal", "group:finance"), "quorum": (("group:legal", 1), ("group:finance", 1))},
    {"reviewers": ("group:legal", "group:finance"), "quorum": (("any", 2),)},
    {"reviewers": ("user:ann",), "then": (("group:finance", 30 * MINUTE),), "remind": 10 * MINUTE},
)
SOLO = person(SOLO_ID, "solo")
callers = st.sampled_from((*BOTS, *STAFF))
pick = st.integers(0, 50)
RUNS = POLICIES[0]
WATCH = run.Watch("x1", (), (Monitor("spend", 30), Monitor("repeated", 3), Monitor("silence", 20 * MINUTE)))
CONTROLS = (
    run.Pause("look"),
    run.Interrupt("now"),
    run.Resume(),
    run.Resume("go on"),
    run.Guide("only small ones"),
)
REPORTS = (
    None, run.Hear(1), run.Hear(2), run.Prepare("shop.close", "{}"), run.Prepare(), run.TakeCleanup(1, "x1"),
    run.TakeCleanup(1, "x2"), run.TakeCleanup(2, "x1"), run.Clean(1, "x1", True), run.Clean(1, "x2", False, "no line"),
    run.Observe((run.Observation("step", 1, "count"), run.Observation("report", 2, "count", spend=10))),
    run.Observe((run.Observation("call", 1, like="same"), run.Observation("error", 2, text="no line"))),
    run.Open("again", watch=run.Watch("x2")), run.Note("it broke"), run.Fail("it broke", "at line 1"),
)  # fmt: skip
ladders = st.sampled_from(LADDERS)


class Rules(RuleBasedStateMachine):
    """People and agents do all kinds of things in any order; time passes; nobody need sweep."""

    def commit(self, subject: str, command: object, actor: Principal) -> None:
        """Commit one command, or raise what it is refused with."""
        raise NotImplementedError

    def pass_time(self, micros: int) -> None:
        """Let time pass without doing what is due."""
        raise NotImplementedError

    def states(self) -> dict[str, Any]:
        """All states that stand, by id."""
        raise NotImplementedError

    def sweep(self) -> None:
        """Do everything that is due."""
        raise NotImplementedError

    def attempt(self, subject: str, command: object, actor: Principal) -> None:
        """Commit a command that may be refused."""
        try:
            self.commit(subject, command, actor)
        except HandrailError:
            return

    def actions(self) -> list[Action]:
        """Every action, the oldest first."""
        return [one for one in self.states().values() if isinstance(one, Action)]

    def reviews(self) -> list[Review]:
        """Every review, the oldest first."""
        return [one for one in self.states().values() if isinstance(one, Review)]

    @initialize(
        count=st.sampled_from([4, 4, 4, 3, 2, 0]), hold=st.sampled_from(["action", "action", "run"]),
        policy=st.sampled_from([RUNS, RUNS, None, *POLICIES]), watch=st.sampled_from([None, WATCH]),
    )  # fmt: skip
    def begin(self, count: int, hold: Any, policy: PutPolicy | None, watch: run.Watch | None) -> None:
        """Some people, or solo mode, perhaps a policy, and a run."""
        if policy is not None:
            self.apply(policy, STAFF[0])
        self.proposed = 0
        for number, one in enumerate(PEOPLE[:count]):
            self.join(one, TEAMS if number == 2 else (TEAMS[number % 2],), linked=one == "olga")
        self.attempt("run_1", run.Open("a title", hold=hold, watch=watch), BOTS[0])
        for ladder in LADDERS[:3]:
            self.propose(ladder, "approval", BOTS[0], 0, "reject", HOUR, (False,) * 4, 0, None)
        self.propose(LADDERS[0], "auto", BOTS[0], 0, "reject", HOUR, (True, True, True, False), 0, None)

    @precondition(lambda self: len(self.states()) % 3 == 0)
    @rule(
        name=st.sampled_from(PEOPLE), teams=st.sets(st.sampled_from(TEAMS)).map(tuple), linked=st.booleans(),
        absent=st.sampled_from([None, None, *PEOPLE, "nobody"]),
    )  # fmt: skip
    def join(self, name: str, teams: tuple[str, ...], linked: bool, absent: str | None = None) -> None:
        """Somebody comes, changes groups, is linked to the user who owns an agent, or goes away for two hours and
        somebody stands in."""
        groups = tuple(NAMES.group(one) for one in teams)
        away = times_text(Times((Absence(START, START + 2 * HOUR, f"user:{absent}"),))) if absent else None
        put = directory.PutPerson(
            NAMES.look_up("user", name), "osu_olga" if linked else None, groups, name, name, times=away
        )
        self.attempt(f"usr_{name}", put, STAFF[0])

    @rule(who=st.sampled_from(STAFF), really=st.sampled_from([False, False, True]))
    def leave(self, who: Principal, really: bool) -> None:
        """Somebody leaves, or an agent would like them to."""
        self.attempt(who.id, directory.RemovePerson(), STAFF[0] if really else BOTS[0])

    @precondition(lambda self: len(self.states()) % 2 == 0)
    @rule(policy=st.sampled_from(POLICIES), by=st.sampled_from([*STAFF, BOTS[0]]))
    def apply(self, policy: PutPolicy, by: Principal) -> None:
        """Somebody changes the policy, or an agent would like to."""
        self.attempt(ACTIVE, policy, by)

    @precondition(lambda self: self.proposed < 10)
    @rule(
        ladder=ladders, by=st.sampled_from(BOTS),
        pattern=st.sampled_from(["approval", "approval", "auto", "question", "confidence"]), sure=st.sampled_from(SURE),
        undo=st.sampled_from([0, 0, 5 * MINUTE]), at_end=st.sampled_from(["reject", "reject", "approve", "answer"]),
        grant=st.sampled_from([MINUTE, HOUR]), flags=st.tuples(*[st.booleans()] * 4), older=st.integers(0, 9),
    )  # fmt: skip
    def propose(
        self, ladder: dict[str, Any], pattern: Any, by: Principal, undo: int, at_end: Any, grant: int,
        flags: tuple[bool, ...], older: int, sure: float | None,
    ) -> None:  # fmt: skip
        """An agent wants something, perhaps in the run, at once, with a probe, or instead of something older."""
        in_run, at_once, probe, instead = flags
        actions = self.actions()
        limit = 0.5 if pattern == "confidence" else None
        declared = Declaration(pattern, undo=undo, at_end=at_end, grant=grant, within=HOUR, threshold=limit, **ladder)
        unsure: dict[Any, Kind] = {"question": "question", "confidence": "output" if probe else "call"}
        kind = unsure.get(pattern, "call")
        args = {"output": self.proposed} if kind == "output" else {"default": 1, "n": self.proposed}
        command = action.Propose(
            "mail.send", json.dumps(args, separators=(",", ":")), "sch", "{}", declared, kind, confidence=sure,
            run="run_1" if in_run and by == BOTS[0] else None, probe=probe, executor="x1", start=at_once,
            supersedes=actions[older].id if instead and older < len(actions) else None,
        )  # fmt: skip
        self.proposed += 1
        self.attempt(f"act_{self.proposed}", command, by)

    @rule(
        which=pick,
        by=callers,
        outcome=st.sampled_from(OUTCOMES),
        value=st.integers(0, 9),
        stale=st.sampled_from([False, False, True]),
    )
    def decide(self, which: int, by: Principal, outcome: Outcome, value: int, stale: bool) -> None:
        """Somebody decides, perhaps what is no choice, perhaps on an old view."""
        self._vote(which, by, outcome, value, "text:old" if stale else None)

    @rule(which=pick, who=pick, how=st.sampled_from([0, 0, 0, 1, 2, 3]), value=st.integers(0, 9))
    def choose(self, which: int, who: int, how: int, value: int) -> None:
        """Somebody who is there chooses what a live review offers, mostly the first."""
        reviews, there = self._live(), [one for one in STAFF if one.id in self._present()] or [SOLO]
        if reviews:
            choices = reviews[which % len(reviews)].choices
            self._vote(which, there[who % len(there)], choices[how % len(choices)], value, None, reviews)

    def _live(self) -> list[Review]:
        return [one for one in self.reviews() if one.status in ("open", "claimed")]

    def _present(self) -> set[str]:
        return {one.id for one in self.states().values() if isinstance(one, Person) and one.status == "present"}

    def _vote(
        self, which: int, by: Principal, outcome: Outcome, value: int, view: str | None,
        among: list[Review] | None = None,
    ) -> None:  # fmt: skip
        reviews = among or self.reviews()
        if reviews:
            one = reviews[which % len(reviews)]
            args = f'{{"default":1,"n":{value}}}' if outcome == "edit" else None
            self.attempt(one.id, review.Decide(outcome, view or one.view, value=value, args=args), by)

    @rule(which=pick, by=callers, wrong=st.booleans(), note=st.sampled_from([None, "a customer complained"]))
    def report(self, which: int, by: Principal, wrong: bool, note: str | None) -> None:
        """Somebody says how an action turned out."""
        self._to(self.actions(), which, action.ReportOutcome(wrong, note), by)

    @rule(which=pick, by=callers, what=st.sampled_from(["claim", "release", "comment", "escalate", "revoke", "close"]))
    def handle(self, which: int, by: Principal, what: str) -> None:
        """Somebody does something else with a review."""
        commands: dict[str, object] = {
            "claim": review.Claim(), "release": review.Release(), "comment": review.Comment("a word"),
            "escalate": review.Escalate("up"), "revoke": review.Revoke(), "close": review.Close(),
        }  # fmt: skip
        self._to((self.reviews() if what == "revoke" else self._live()), which, commands[what], by)

    @rule(which=pick, by=callers, to=st.sampled_from([*(one.id for one in STAFF), "usr_nobody"]))
    def delegate(self, which: int, by: Principal, to: str) -> None:
        """Somebody asks another person."""
        self._to(self._live(), which, review.Delegate(to, "please"), by)

    @rule(which=pick, executor=st.sampled_from(["x1", "x1", "x2"]), right=st.sampled_from([True, True, False]))
    def start(self, which: int, executor: str, right: bool) -> None:
        """An executor starts what may start, perhaps the wrong bytes, perhaps for another agent."""
        ready = [one for one in self.actions() if one.status in ("cleared", "claimed")]
        if ready:
            one = ready[which % len(ready)]
            bind = one.bind if right else "bind:other"
            self.attempt(one.id, action.Start(executor, bind, one.fence or None), self._agent(one, which))

    @rule(which=pick, executor=st.sampled_from(["x1", "x1", "x2"]))
    def claim(self, which: int, executor: str) -> None:
        """An executor claims."""
        if actions := self.actions():
            one = actions[which % len(actions)]
            self.attempt(one.id, action.Claim(executor), self._agent(one, which))

    def _agent(self, one: Action, which: int) -> Principal:
        """The agent of the action, now and then the other one."""
        return next(bot for bot in BOTS if (bot.id == one.agent) == (which % 7 != 0))

    @rule(
        which=pick, outcome=st.sampled_from(["succeeded", "failed", "failed", "unknown"]),
        behind=st.sampled_from([0, 0, 0, 1]), retry=st.sampled_from([None, SECOND, 2 * HOUR]), escalate=st.booleans(),
    )  # fmt: skip
    def settle(self, which: int, outcome: Any, behind: int, retry: int | None, escalate: bool) -> None:
        """Whoever holds an action reports, perhaps under an old fencing number."""
        running = [one for one in self.actions() if one.status == "started"] or self.actions()
        if running:
            one = running[which % len(running)]
            holder = one.executor or "x1"
            command = action.Settle(holder, one.fence - behind, outcome, {"n": 1}, retry, escalate)
            self.attempt(one.id, command, self._agent(one, which))

    @rule(which=pick, found=st.sampled_from(["happened", "not_happened", "unclear"]))
    def reconcile(self, which: int, found: Any) -> None:
        """A probe says what became of an action."""
        if unknown := [one for one in self.actions() if one.status == "unknown"]:
            one = unknown[which % len(unknown)]
            self.attempt(one.id, action.Reconcile(found, {"n": 1}, fence=one.fence), self._agent(one, which))

    @rule(which=pick, by=callers)
    def withdraw(self, which: int, by: Principal) -> None:
        """Somebody takes an action back."""
        self._to(self.actions(), which, action.Withdraw(note="never mind"), by)

    @rule(which=pick, by=callers, what=st.integers(0, 2))
    def forge(self, which: int, by: Principal, what: int) -> None:
        """Somebody says what only the engine may say."""
        if actions := self.actions():
            one = actions[which % len(actions)]
            asked = one.review or "rev_none"
            said = (
                action.Clear(asked, one.bind, HOUR),
                action.Refuse(asked, "rejected"),
                action.Conclude(asked, "skipped"),
            )
            self.attempt(one.id, said[what], by)

    @rule(by=callers, what=st.sampled_from(CONTROLS))
    def control(self, by: Principal, what: object) -> None:
        """Somebody pauses the run, or lets it go on; an agent would like to, too."""
        self.attempt("run_1", what, by)

    @precondition(lambda self: self.proposed > 6)
    @rule(by=callers)
    def stop(self, by: Principal) -> None:
        """Somebody ends the run."""
        self.attempt("run_1", run.Stop("enough"), by)
        self.sweep()

    @rule(by=st.sampled_from([BOTS[0], BOTS[0], BOTS[1]]), what=st.sampled_from(REPORTS), late=st.integers(0, 2))
    def tell(self, by: Principal, what: object, late: int) -> None:
        """The agent's process says what it does, and what took hold there."""
        state = self.states()["run_1"]
        if isinstance(what, run.Fail) and self.proposed < 7:
            return
        if what is None:
            what = run.Confirm(state.control.rev - late if state.control else 0)
        self.attempt("run_1", what, by)

    @rule(micros=st.sampled_from([SECOND, SECOND, SECOND, MINUTE, 4 * MINUTE, 15 * MINUTE, HOUR]), swept=st.booleans())
    def wait(self, micros: int, swept: bool) -> None:
        """Time passes; an executor that does not come back has crashed; the sweeper may be late."""
        self.pass_time(micros)
        if swept:
            self.sweep()

    def _to(self, states: Any, which: int, command: object, by: Principal) -> None:
        if states:
            self.attempt(states[which % len(states)].id, command, by)
