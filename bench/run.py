"""One run: every measure in interleaved rounds, as figures by the keys of `goals.toml`."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from . import backlog, cold, cycles, elsewhere, http, policy, postgres, stopping, supervised, waiting
from .house import House
from .raw import Raw
from .recorded import Recorder, Template
from .timing import Figure, Rate, Spread, median, spread


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is measured. Figures of a tiny scale show that the bench works, and nothing else."""

    rounds: int
    cycles: int
    parts: int
    backlogs: tuple[int, ...]
    backlog_rounds: int
    waiters: int
    idle_seconds: float
    starts: int
    stops: int
    http: http.Amount
    supervised: supervised.Amount

    def paced(self, per_second: float) -> "Scale":
        """Fewer cycles on a slow disk, by the raw cycles a second that it does, so that a run ends in time."""
        pace = min(1.0, per_second / USUAL)
        least = min(LEAST, self.cycles)
        return replace(self, cycles=max(round(self.cycles * pace), least), parts=max(round(self.parts * pace), least))


USUAL = 500.0
LEAST = 40
FULL = Scale(
    5, 300, 300, (1_000, 10_000, 100_000), 4, 1_000, 5.0, 7, 60, http.Amount(5, 150, 640, 100),
    supervised.Amount(4, 25, 300),
)  # fmt: skip
QUICK = Scale(3, 80, 60, (300, 3_000), 3, 1_000, 2.0, 3, 15, http.Amount(3, 60, 256, 30), supervised.Amount(4, 25, 100))
TINY = Scale(1, 4, 4, (60, 240), 1, 5, 0.01, 1, 1, http.Amount(1, 3, 64, 2), supervised.Amount(2, 2, 3))


@dataclass
class Results:
    """The figures by key, and what the run was made of."""

    figures: dict[str, Figure] = field(default_factory=dict)
    cycle: dict[str, float] = field(default_factory=dict)


def run(folder: Path, scale: Scale) -> Results:
    """Measure everything. `folder` is where the databases are written: on the disk that is to be measured."""
    template = _template(folder)
    results = Results(cycle={"commits": len(template.commits), "rows": template.rows, "bytes": template.size})
    scale = scale.paced(_pace(folder, template))
    for part in (_throughput, _parts, _postgres, _backlogs, _waiters, _stops, _supervised, _starts, _policy, _http):
        print(f"measuring: {part.__name__.strip('_')}", file=sys.stderr, flush=True)
        results.figures |= part(folder, scale, template)
    return results


def _template(folder: Path) -> Template:
    with Recorder() as recorder:
        house = House(folder / "recorded.db")
        cycles.single(house, 2)
        template = Template(recorder.commits(lambda: cycles.single(house, 1)))
        house.close()
    return template


def _pace(folder: Path, template: Template) -> float:
    """Raw cycles a second, at first sight."""
    raw = Raw(folder / "pace.db", template)
    pace = raw.one_by_one(20).per_second
    raw.close()
    return pace


def _throughput(folder: Path, scale: Scale, template: Template) -> dict[str, Figure]:
    raw, house = Raw(folder / "raw.db", template), House(folder / "cycles.db")
    cycles.single(house, 10)
    measures: dict[str, Callable[[], Rate]] = {
        "raw": lambda: raw.one_by_one(scale.cycles),
        "group": lambda: raw.grouped(4 * scale.cycles, 64),
        "single": lambda: cycles.single(house, scale.cycles),
        "concurrent_8": lambda: cycles.concurrent(house, scale.cycles, 8),
        "concurrent_64": lambda: cycles.concurrent(house, 2 * scale.cycles, 64),
    }
    found: dict[str, list[Rate]] = {name: [] for name in measures}
    for _ in range(scale.rounds):
        for name, measure in measures.items():
            found[name].append(measure())
    house.close()
    raw.close()
    return {key: _ratio(found[ours], found[control]) for key, ours, control in _RATIOS}


_RATIOS = (
    ("single", "single", "raw"), ("concurrent_8", "concurrent_8", "raw"), ("concurrent_64", "concurrent_64", "raw"),
    ("concurrent_64_group", "concurrent_64", "group"),
)  # fmt: skip


def _ratio(ours: list[Rate], control: list[Rate]) -> Figure:
    """The median of the rounds' ratios."""
    ratio = median([one.per_second / other.per_second for one, other in zip(ours, control, strict=True)])
    rates = [median([one.per_second for one in each]) for each in (ours, control)]
    share = median([one.processor for one in ours])
    binds = f"processor, {1000 * share / rates[0]:.2f} ms a cycle" if share > 0.6 else "disk and hand-over"
    return Figure(ratio, f"{rates[0]:,.0f} over {rates[1]:,.0f} cycles/s", f"{binds}, {share:.0%} of a core")


def _parts(folder: Path, scale: Scale, template: Template) -> dict[str, Figure]:
    raw, path = Raw(folder / "raw-parts.db", template), folder / "parts.db"
    house, one, other = House(path), cycles.Parts(), cycles.Parts()
    cycles.single(house, 10)
    cycles.concurrent(house, 10, 1)
    elsewhere_found: list[int] = []
    commits: list[float] = []
    for _ in range(scale.rounds):
        each = max(scale.parts // scale.rounds, 2)
        commits.append(1e3 / raw.one_by_one(each).per_second / len(template.commits))
        one.ask += cycles.asks(house, each)
        cycles.single(house, each, one)
        cycles.concurrent(house, each, 1, other)
        elsewhere_found += elsewhere.resume(house, path, each)
    house.close()
    raw.close()
    commit = median(commits)
    found = {"ask": one.ask, "decide": one.decide, "resume": one.resume, "resume_async": other.resume}
    figures = {key: _over_commit(spread(durations), commit) for key, durations in found.items()}
    away = spread(elsewhere_found)
    return figures | {"resume_elsewhere": Figure(away.p50, _told(away), "bell, one look, one commit")}


def _postgres(folder: Path, scale: Scale, template: Template) -> dict[str, Figure]:
    return postgres.measure(folder, template, scale.rounds, scale.cycles)


def _over_commit(found: Spread, commit: float) -> Figure:
    return Figure(found.p50 / commit, f"{_told(found)}; raw commit {commit:.2f}", "one commit, then processor")


def _told(found: Spread) -> str:
    return f"p50 {found.p50:.2f}, p99 {found.p99:.2f} ms"


def _backlogs(folder: Path, scale: Scale, _: Template) -> dict[str, Figure]:
    found = backlog.measure(folder, scale.backlogs, scale.backlog_rounds, 25)
    return {
        f"growth_{part}": Figure(exponent, ", ".join(_sized(found, part)), "")
        for part, exponent in backlog.exponents(found).items()
    }


def _sized(found: list[backlog.Backlog], part: str) -> Iterator[str]:
    for one in found:
        yield f"{median(getattr(one, part)) / 1e6:.2f} ms at {one.size:,}"


def _waiters(folder: Path, scale: Scale, _: Template) -> dict[str, Figure]:
    found = waiting.measure(folder / "waiting.db", scale.waiters, scale.idle_seconds)
    return {
        "waiter_memory": Figure(found.kilobytes, f"{scale.waiters:,} waiting", "task, state, two streams' cache"),
        "idle": Figure(found.idle, f"over {scale.idle_seconds:g} s", "one look at the file every 50 ms"),
    }


def _stops(folder: Path, scale: Scale, _: Template) -> dict[str, Figure]:
    found = spread(stopping.measure(folder / "stopping.db", scale.stops))
    return {"stop": Figure(found.p99, f"{_told(found)}, {scale.stops} stops", "the commits before it, and its own")}


def _starts(folder: Path, scale: Scale, _: Template) -> dict[str, Figure]:
    ours, bare = cold.measure(folder, scale.starts)
    detail = f"{ours:.0f} ms over {bare:.0f} ms"
    return {"cold": Figure(ours, detail, "imports"), "cold_over_bare": Figure(ours / bare, detail, "imports")}


def _policy(_: Path, scale: Scale, __: Template) -> dict[str, Figure]:
    return {
        key: Figure(value, "", "one condition after another") for key, value in policy.measure(scale.starts).items()
    }


def _http(folder: Path, scale: Scale, _: Template) -> dict[str, Figure]:
    found = http.measure(folder / "http.db", scale.http)
    return {
        "http_one": _over_noop(found, 1, f"; ask {_told(spread(found.ask))}; no-op {_told(spread(found.noop))}"),
        "http_many": _over_noop(found, http.MANY, ""),
        "http_resume": Figure(spread(found.resumes).p50, _told(spread(found.resumes)), "one commit, two requests"),
    }


def _supervised(folder: Path, scale: Scale, _: Template) -> dict[str, Figure]:
    found, amount = supervised.measure(folder / "supervised.db", scale.supervised), scale.supervised
    runs = f"{amount.stops} of {amount.processes * amount.runs} runs in {amount.processes} processes"
    times = spread(found.stops)
    return {
        "stop_run": Figure(times.p99, f"{_told(times)}; {runs}", "the queue of writers on one file"),
        "stop_run_late": Figure(found.late, runs, ""),
    }


def _over_noop(found: http.Measured, connections: int, more: str) -> Figure:
    asks, noops = found.asks[connections], found.noops[connections]
    ratio = median([one.per_second / other.per_second for one, other in zip(asks, noops, strict=True)])
    rates = [median([one.per_second for one in each]) for each in (asks, noops)]
    spent = [1e3 * median([one.processor / one.per_second for one in each]) for each in (asks, noops)]
    binds = f"processor, {spent[0]:.2f} ms of the server an ask, {spent[1]:.2f} ms a no-op"
    return Figure(ratio, f"{rates[0]:,.0f} over {rates[1]:,.0f} requests/s{more}", binds)
