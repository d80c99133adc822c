"""Scenarios of runs under watch: what people ask of them, what they report, and what is left when they end."""

from typing import Final

from handrail.principal import agent
from handrail.run import commands as c
from handrail.run.model import Monitor
from tests.crash.script import EXECUTOR, Script

STEP, DONE, WRONG = (c.Observation(kind, 1, "move") for kind in ("step", "report", "error"))
BOTH: Final = c.Observe((STEP, DONE))


def _open(s: Script, name: str, *monitors: Monitor) -> str:
    one = s.agent.run_id(name)
    s.send(one, c.Open(name, watch=c.Watch(EXECUTOR, ("group:team",), monitors)))
    return one


def _ask(s: Script, run: str, command: c.Control) -> c.Confirm:
    """Ask something of a run; what its process says to that."""
    control = s.send(run, command, s.solo)["control"]
    return c.Confirm(control["rev"], "it holds")


def controlled(s: Script) -> None:
    """A run is paused, told something, interrupted and let go on; its process confirms, reports and finishes."""
    one = _open(s, "moved")
    s.send(one, c.Guide("slowly"), s.solo)
    s.send(one, c.Hear(1))
    s.send(one, BOTH)
    s.send(one, c.Prepare("shop.close", "{}"))
    s.send(one, _ask(s, one, c.Pause("look")))
    s.send(one, _ask(s, one, c.Interrupt("now")))
    s.send(one, c.Guide("leave the rest"), s.solo)
    s.send(one, c.Hear(2))
    s.send(one, BOTH)
    s.send(one, c.Note("it broke"))
    s.send(one, c.Prepare())
    s.send(one, _ask(s, one, c.Resume("go on")))
    s.send(one, c.Finish())
    for end in (c.Finish(), c.Fail("it broke", "at line 1"), c.Stop("enough")):
        other = _open(s, f"paused and {type(end).__name__}")
        _ask(s, other, c.Pause("look"))
        s.send(other, end, s.solo if isinstance(end, c.Stop) else s.agent)


def monitored(s: Script) -> None:
    """A monitor pauses a run by itself; later nobody is left who may stop three of them, and then somebody is."""
    alone = Monitor("unattended", 10**12)
    one, other, third = (
        _open(s, "counted", Monitor("steps", 1), alone),
        _open(s, "asked", alone),
        _open(s, "over", alone),
    )
    s.send(one, BOTH)
    s.send(third, c.Stop("enough"), s.solo)
    s.employ("ann", "others")
    for run in (one, other, third):
        s.send(run, c.Observe((STEP,)))


def ended(s: Script) -> None:
    """Clean-ups after a stop and a failure, in the run's own process and in another."""
    stopped, failed, gone = _open(s, "stopped"), _open(s, "failed"), _open(s, "gone")
    for run in (stopped, failed, gone):
        s.send(run, c.Prepare("shop.close", '{"region":"eu"}'))
        s.send(run, c.Prepare())
    confirms = _ask(s, stopped, c.Stop("wrong list"))
    s.send(stopped, BOTH)
    s.send(failed, c.Fail("no line", "at line 1"))
    for run, ok in ((stopped, True), (failed, False)):
        s.send(run, c.TakeCleanup(2, EXECUTOR))
        s.send(run, c.Clean(2, EXECUTOR, ok, "done"))
    s.send(stopped, confirms)
    _ask(s, gone, c.Stop("enough"))
    s.pass_(61)
    s.tick(stopped, failed, gone)
    worker = s.as_(agent("agt_worker", "osu_sam", executes=True))
    s.send(gone, c.TakeCleanup(1, "exe_2"), worker)
    s.send(gone, c.Clean(1, "exe_2", ok=True), worker)


def lost(s: Script) -> None:
    """A process is not heard of any more; another goes on with what it left, running and paused."""
    running, paused = _open(s, "running"), _open(s, "paused")
    _ask(s, paused, c.Pause("look"))
    s.pass_(61)
    s.tick(running, paused)
    for run in (running, paused):
        s.send(run, c.Open("again", watch=c.Watch("exe_2")))


def pruned(s: Script) -> None:
    """What was reported is dropped, whatever became of the run."""
    for end in (None, c.Pause("look"), c.Finish(), c.Fail("it broke"), c.Stop("enough")):
        one = _open(s, f"dropped before {type(end).__name__}")
        reported = s.send(one, BOTH)["rev"]
        if end is not None:
            s.send(one, end, s.solo if isinstance(end, c.Pause | c.Stop) else s.agent)
        s.send(one, c.Prune(reported), s.solo)
