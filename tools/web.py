"""The browser's part, with the Node that is found: `python -m tools.web node|build|tools|check|types`."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

import hatch_build as web

TYPES: Final = web.WEB / "src" / "api" / "openapi.d.ts"


def generated() -> str:
    """The TypeScript types of the API as the server describes it now."""
    from handrail.server.openapi import document

    web.install(tools=True)
    with tempfile.TemporaryDirectory() as folder:
        described, types = Path(folder, "openapi.json"), Path(folder, "openapi.d.ts")
        described.write_text(json.dumps(document()))
        web.npm("exec", "--offline", "--", "openapi-typescript", str(described), "-o", str(types), "--immutable")
        return types.read_text()


def check() -> int:
    """Types, style, tests, and that the generated types are those of the API. Returns the exit code."""
    web.install(tools=True)
    if TYPES.read_text() != generated():
        print(f"{TYPES.relative_to(web.ROOT)} is not what the API says now: run 'make types'.", file=sys.stderr)
        return 1
    for script in ("check", "test"):
        web.npm("run", "--silent", script)
    return 0


def main(arguments: list[str]) -> int:
    """Run one command. Returns the exit code."""
    try:
        match arguments:
            case ["node"]:
                web.node()
            case ["build"]:
                web.build()
            case ["tools"]:
                web.install(tools=True)
            case ["check"]:
                return check()
            case ["types"]:
                TYPES.write_text(generated())
            case _:
                print(__doc__, file=sys.stderr)
                return 2
    except web.NoNode as error:
        print(error, file=sys.stderr)
        return 3
    except subprocess.CalledProcessError as error:
        return error.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
