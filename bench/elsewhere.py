"""Two processes on one database: an agent that waits in a child, a person who decides here.

`python -m bench.elsewhere DATABASE COUNT` is the child: it prints each ask, then when its gated body began.
"""

import subprocess
import sys
import time
from pathlib import Path

import orjson

from .house import House, arguments


def resume(house: House, path: Path | str, count: int) -> list[int]:
    """From the return of the decider's commit to the begin of the body in the other process, in ns."""
    command = [sys.executable, "-m", "bench.elsewhere", str(path), str(count)]
    durations = []
    with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        for _ in range(count):
            house.approve(orjson.loads(child.stdout.readline()))
            returned = time.monotonic_ns()
            durations.append(int(child.stdout.readline()) - returned)
    return durations


def _agent(path: str, count: int) -> None:
    house = House(path)
    house.desk.ring = lambda answer: print(orjson.dumps(answer).decode(), flush=True)
    for order in range(count):
        house.pay(*arguments(order))
        print(house.began, flush=True)
    house.close()


if __name__ == "__main__":
    _agent(sys.argv[1], int(sys.argv[2]))
