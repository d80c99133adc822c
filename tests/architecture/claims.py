"""The promises of docs/claims.md, and what is wrong with them: `python -m tests.architecture.claims`."""

import subprocess
import sys
import tomllib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.architecture.rules import ROOT

TABLE = ROOT / "docs" / "claims.md"
MEASURES = ROOT / "bench" / "goals.toml"
COLLECT = ("-m", "pytest", "--collect-only", "-q", "-m", "", "-p", "no:cacheprovider", "-p", "no:xdist")


@dataclass(frozen=True, slots=True)
class Claim:
    """One row: what is promised, the proof (`path::name` or `bench:<key>`), the figure (may be empty)."""

    line: int
    promise: str
    proof: str
    figure: str


class BadTable(ValueError):
    """A row that is not `| promise | proof | figure |`."""


def read(text: str) -> list[Claim]:
    """The claims of a table; rows are told by their leading bar. Raises BadTable."""
    rows = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.startswith("|")]
    return [_claim(number, line) for number, line in rows[2:]]


def _claim(number: int, line: str) -> Claim:
    cells = [cell.strip() for cell in line.strip().removeprefix("|").removesuffix("|").split("|")]
    if len(cells) != 3:
        raise BadTable(f"line {number}: {len(cells)} cells, expected promise, proof and figure")
    return Claim(number, cells[0], cells[1].strip("`"), cells[2])


def complaints(claims: Iterable[Claim], tests: Collection[str], measures: Collection[str]) -> Iterator[str]:
    """What is wrong with each claim, given the collected tests and the measures of the bench."""
    seen: set[str] = set()
    for claim in claims:
        if claim.promise in seen or not claim.promise:
            yield f"line {claim.line}: the promise is {'there twice' if claim.promise else 'empty'}"
        if not _proven(claim.proof, tests, measures):
            yield f"line {claim.line}: nothing proves {claim.promise!r}: no {claim.proof or 'test named'}"
        seen.add(claim.promise)


def _proven(proof: str, tests: Collection[str], measures: Collection[str]) -> bool:
    key = proof.removeprefix("bench:")
    return proof in tests if key == proof else key in measures


def collected(files: Iterable[str], root: Path = ROOT) -> set[str]:
    """The ids of the tests that pytest collects from those files, without parameters."""
    present = sorted({file for file in files if (root / file).is_file()})
    if not present:
        return set()
    command = [sys.executable, *COLLECT, *present]
    output = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False).stdout
    return {line.split("[")[0] for line in output.splitlines() if "::" in line}


def measures(path: Path = MEASURES) -> set[str]:
    """The keys of the measures that the bench declares, one TOML table each; none without the file."""
    return set(tomllib.loads(path.read_text("utf-8"))) if path.exists() else set()


def check() -> list[str]:
    """What is wrong with the project's own table."""
    claims = read(TABLE.read_text("utf-8"))
    files = {claim.proof.split("::")[0] for claim in claims}
    return list(complaints(claims, collected(files), measures()))


if __name__ == "__main__":
    found = check()
    print("\n".join(f"{TABLE.relative_to(ROOT)}: {complaint}" for complaint in found) or "Every claim has its test.")
    sys.exit(bool(found))
