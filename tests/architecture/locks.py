"""What a lock must be: every release pinned and hashed, no place named to fetch it from, none too old."""

import json
import re
from collections.abc import Iterable, Iterator

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PIN = re.compile(r"^(?P<name>[a-z0-9-]+)==(?P<version>[^\s;]+)(?P<marker> ; .+)?$")
HASH = re.compile(r"^--hash=sha256:[0-9a-f]{64}$")


def entries(text: str) -> Iterator[tuple[str, list[str]]]:
    """Each requirement and its options; a backslash continues a line, comments are left out."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    for line in "\n".join(lines).replace("\\\n", " ").splitlines():
        requirement, *options = re.split(r"\s+(?=--hash)", line.strip())
        yield requirement, options


def requirement_complaints(text: str) -> list[str]:
    """What is wrong with a requirements file."""
    loose = [f"not a pin: {head}" for head, _ in entries(text) if not PIN.match(head)]
    bare = [f"not hashed: {head}" for head, hashes in entries(text) if not hashes]
    odd = [f"not a SHA-256 hash: {item}" for _, hashes in entries(text) for item in hashes if not HASH.match(item)]
    places = [f"names a place: {line.strip()}" for line in text.splitlines() if "/" in line]
    return loose + bare + odd + places


def pins(text: str) -> dict[str, str]:
    """The version of each pinned name."""
    matches = (PIN.match(head) for head, _ in entries(text))
    return {match["name"]: match["version"] for match in matches if match}


def missing(dependencies: Iterable[str], text: str) -> list[str]:
    """Dependencies that the file does not pin, or pins to a release they do not allow."""
    pinned, wanted = pins(text), map(Requirement, dependencies)
    return [str(need) for need in wanted if not _allows(need, pinned.get(canonicalize_name(need.name)))]


def _allows(need: Requirement, version: str | None) -> bool:
    return version is not None and need.specifier.contains(version)


def npm_complaints(text: str) -> list[str]:
    """Packages of an npm lock that name a place, or bear no hash."""
    packages = {name: entry for name, entry in json.loads(text)["packages"].items() if "node_modules/" in name}
    places = [f"names a place: {name}" for name, entry in packages.items() if "resolved" in entry]
    return places + [f"not hashed: {name}" for name, entry in packages.items() if "integrity" not in entry]
