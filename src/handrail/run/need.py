"""How much a watched run needs people: what is stuck comes first, then what waits for them, then what costs much."""

from typing import Final, Literal

from .model import Run

Need = Literal["stuck", "waiting", "costly", "running", "ended"]

ORDER: Final[tuple[Need, ...]] = ("stuck", "waiting", "costly", "running", "ended")
COSTLY: Final = 75
"""Per cent of what a monitor lets a run spend, from which on it counts as costly."""
ENDED_RANK: Final = -1


def need(run: Run, *, asks: bool = False) -> Need:
    """What a run needs; `asks` says that one of its actions waits for people.

    It is stuck when its process is lost, a monitor paused it, nobody is there who may stop it, it failed, or something
    that should have been cleaned up was not.
    """
    if _stuck(run):
        return "stuck"
    if run.final:
        return "ended"
    if asks or run.status == "paused":
        return "waiting"
    return "costly" if _costly(run) else "running"


def _stuck(run: Run) -> bool:
    if run.final:
        return run.status == "failed" or any(one.status in ("failed", "lost") for one in run.cleanups)
    return run.lost or run.alone_since is not None or (run.status == "paused" and run.alarm is not None)


def _costly(run: Run) -> bool:
    return any(
        one.kind == "spend" and 100 * run.totals.spend >= COSTLY * one.limit * (_times(run, index) + 1)
        for index, one in enumerate(run.monitors)
    )


def _times(run: Run, index: int) -> int:
    return run.spoken[index] if index < len(run.spoken) else 0


def rank(run: Run) -> int:
    """By what the wall finds a run: above 0 while it goes on, the more the more it needs people; below 0 once it ended;
    0 where nobody watches it."""
    if not run.watched:
        return 0
    return ENDED_RANK if run.final else len(ORDER) - ORDER.index(need(run))
