"""Judging by a policy of fifty rules, all about one action, at several sizes of arguments; and the first condition."""

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Final

from handrail.codec.canonical import canonical
from handrail.codec.conditions import Arguments, Context
from handrail.directory.model import Directory, Names
from handrail.policy.asked import Asked
from handrail.policy.declaration import Declaration
from handrail.policy.rules import PathSpec, Policy, Rule, Rung
from handrail.policy.verdict import judge
from handrail.stream import JSON

from .timing import median, stopwatch

RULES: Final = 50
SIZES: Final = {"policy_100b": 100, "policy_1k": 1_024, "policy_64k": 65_536}
NAMES: Final = Names(b"bench")
NOBODY: Final[frozenset[str]] = frozenset()
SCHEMA: Final = json.dumps(
    {
        "type": "object",
        "properties": {
            "amount": {"type": "string", "format": "decimal"}, "to": {"type": "string"},
            "lines": {"type": "array", "items": {"type": "string"}},
        },
    }
)  # fmt: skip
FIRST: Final = """
import time
start = time.perf_counter_ns()
from handrail.codec.conditions import condition
condition('args.amount > 500 && env == "prod"')
print(time.perf_counter_ns() - start)
"""


def policy() -> Policy:
    """Forty-nine rules whose conditions are not true, and one whose condition is."""
    path = {"p": PathSpec((Rung(("user:local",), 3_600_000_000),))}
    conditions = [f'args.amount > {1_000 + n} && env == "prod"' for n in range(RULES - 1)] + ["args.amount <= 1000"]
    rules = tuple(Rule(f"r{n}", f"r{n}", "pay", "run", when=one) for n, one in enumerate(conditions))
    return Policy("sha256:bench", "review", "p", path, rules)


def judging(size: int) -> Callable[[], None]:
    """One verdict on arguments of about so many bytes, from their text."""
    fill: list[JSON] = ["x" * 90] * (max(size - 100, 0) // 93)
    args = canonical({"amount": "999.99", "to": "acct_4711", "lines": fill, "rest": "x" * (max(size - 60, 0) % 93)})
    found, asked, directory = policy(), Asked("pay", env="prod"), Directory(NAMES)
    declared = Declaration("auto")

    def once() -> None:
        context = Context(asked, Arguments(args, SCHEMA), NAMES)
        verdict = judge(declared, directory, NOBODY, found, asked, context.holds)
        assert (verdict.kind, verdict.rule) == ("run", f"r{RULES - 1}")

    return once


def measure(rounds: int) -> dict[str, float]:
    """The medians, in µs by size, and in ms for the first condition in a new process."""
    found = {}
    for key, size in SIZES.items():
        once = judging(size)
        once()
        found[key] = median([stopwatch(once) for _ in range(rounds * 40)]) / 1e3
    found["policy_first"] = median([_first() for _ in range(rounds)]) / 1e6
    return found


def _first() -> int:
    """In a process that has loaded everything else that judging needs."""
    program = "import handrail, handrail.engine.engine, handrail.codec.policies\n" + FIRST
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    return int(done.stdout)
