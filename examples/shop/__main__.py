"""Start the demo company: `python -m examples.shop`; in one terminal, without a server, with `--terminal`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from . import demo, terminal
from .place import COMMAND, State


def main(arguments: list[str] | None = None) -> int:
    """Returns the exit code."""
    options = _options(arguments)
    if options.terminal:
        return terminal.work(State(options.state or Path(".demo", "terminal")), fresh=options.fresh)
    return demo.run(
        State(options.state or Path(".demo")), fresh=options.fresh, port=options.port, browser=options.browser
    )


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog=COMMAND, description=__doc__)
    parser.add_argument("--state", type=Path, help="folder for all that is written; .demo if nothing is said")
    parser.add_argument("--fresh", action="store_true", help="start over with a new shop")
    parser.add_argument("--terminal", action="store_true", help="decide here, alone, without a server")
    parser.add_argument("--port", type=int, help="where to serve; 8321, or a free port where that one is taken")
    parser.add_argument("--no-browser", dest="browser", action="store_false", help="open no browser")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
