"""Reads how a person of the people file is told: `tell: [{by: mail, to: ann@example.com}]`, `digest: 15m`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from ruamel.yaml.nodes import Node

from ..clock import DAY, MINUTE, micros
from ..directory.telling import SILENT, WINDOW, Tell, Telling
from .strict_yaml import items, members, said, text, wrong

CHANNEL: Final = re.compile(r"[a-z][a-z0-9_-]{0,31}")
ADDRESS: Final = re.compile(r"[A-Za-z0-9._%+'=/-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)*[A-Za-z0-9-]{1,63}")
MOST: Final = 8
"""Ways of telling one person."""


def telling(found: Mapping[str, Node]) -> Telling:
    """How a person is told, from the members of their mapping. Raises `Wrong`."""
    if "tell" not in found:
        if "digest" in found:
            wrong(found["digest"], "`digest` stands without `tell`", "say where: `tell: [{by: mail, to: …}]`")
        return SILENT
    nodes = items(found["tell"], "`tell`", "`tell: [{by: mail, to: ann@example.com}]`")
    if len(nodes) > MOST:
        wrong(found["tell"], f"there are {len(nodes)} ways here", f"keep at most {MOST}")
    ways: list[Tell] = []
    for node in nodes:
        way = _way(node)
        if any(way.by == one.by for one in ways):
            wrong(node, f"{said(way.by)} is listed twice", "keep it once")
        ways.append(way)
    return Telling(tuple(ways), _window(found["digest"]) if "digest" in found else WINDOW)


def _way(node: Node) -> Tell:
    found = members(node, ("by", "to"), "a way of telling")
    if "by" not in found:
        wrong(node, "this way has no channel", "write {by: mail, to: ann@example.com}")
    by = text(found["by"], "by")
    if not CHANNEL.fullmatch(by):
        wrong(found["by"], f"{said(by)} names no channel", "use small letters, digits, - and _, as in mail")
    if "to" not in found:
        return Tell(by)
    to = text(found["to"], "to")
    if not ADDRESS.fullmatch(to):
        wrong(found["to"], f"{said(to)} is no mail address", "write it plainly, as in ann@example.com")
    return Tell(by, to)


def _window(node: Node) -> int:
    given = text(node, "digest")
    try:
        window = micros(given)
    except ValueError:
        window = 0
    if not MINUTE <= window <= DAY:
        wrong(node, f"{said(given)} is no time for a digest", "write one from 1m to 1d, such as 15m")
    return window
