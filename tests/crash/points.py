"""The points at which a process may die, taken from the code: each transition, statement and use of a file."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Final

import apsw

import handrail.store
from handrail.codec.records import NAMES
from handrail.engine.lives import TABLES
from handrail.store import (
    migrate,
    postgres_migrate,
    postgres_outbox,
    postgres_statements,
    sqlite_outbox,
    sqlite_vault,
    statements,
)

CHANGES: Final = frozenset({"INSERT", "UPDATE", "DELETE", "CREATE", "DROP", "ALTER", "BEGIN", "COMMIT", "ROLLBACK"})
WORDS: Final = CHANGES | {"SELECT", "PRAGMA", "WITH"}
STORE: Final = Path(handrail.store.__file__).parent
MODULES: Final = {
    "sqlite": ("sqlite.py", "sqlite_vault.py", "sqlite_outbox.py", "migrate.py", "lock.py"),
    "postgres": (
        "postgres.py",
        "postgres_link.py",
        "postgres_pipeline.py",
        "postgres_vault.py",
        "postgres_outbox.py",
        "postgres_migrate.py",
    ),
}
"""The modules that touch a database. `health.py` only ever reads one, and a bell only listens."""
CATALOGUES: Final = {
    "sqlite": (statements, sqlite_vault, sqlite_outbox),
    "postgres": (postgres_statements, postgres_migrate, postgres_outbox),
}
UNFINISHED: Final = frozenset({"", "PRAGMA"})
"""What is left of a statement whose rest is filled in."""
AUDITED: Final = {"os.open": "open", "fcntl.flock": "fcntl.flock", "mkdir": "os.mkdir"}
"""The calls that change a file or a lock, and under which name the interpreter tells of them."""


def transitions() -> set[str]:
    """Every row of every life's table, such as `action.started claimed->started`."""
    return {
        transition(NAMES[event], before, after)
        for table in TABLES.values()
        for event, steps in table.items()
        for before, after in steps.items()
    }


def transition(event: str, before: str | None, after: str) -> str:
    """How a transition is called here."""
    return f"{event} {before or ''}->{after}"


def catalogue(store: str) -> dict[str, str]:
    """The named statements of a store: text to name."""
    found: dict[str, str] = {}
    for module in CATALOGUES[store]:
        found |= _named(module)
    return found


def _named(module: ModuleType) -> dict[str, str]:
    """All but those that are only ever sent as parts of a larger one."""
    values = {name: value for name, value in vars(module).items() if name.isupper() and isinstance(value, str)}
    found = {value.strip(): name for name, value in values.items() if value.split()[0] in WORDS}
    larger = [text for text in found if text.startswith("WITH")]
    return {text: name for text, name in found.items() if not any(text in one for one in larger if text != one)}


def others(store: str) -> set[str]:
    """The statements without a name of their own: transactions, settings, and the steps of the migrations."""
    found = {gist(one) for script in migrate.scripts(store) for one in steps(script, store)}
    pieces = (one.strip() for module in MODULES[store] for text in _texts(module) for one in text.split(";"))
    return found | {gist(one) for one in pieces if one.split(" ")[0] in WORDS and one not in UNFINISHED}


def steps(script: str, store: str) -> list[str]:
    """What is sent of a migration: SQLite's statements one by one, PostgreSQL's all at once."""
    return list(_split(script)) if store == "sqlite" else [script]


def uses(store: str) -> set[str]:
    """The uses of files, by the names under which the interpreter tells of them."""
    called = {ast.unparse(call.func) for module in MODULES[store] for call in _calls(module)}
    return {told for name, told in AUDITED.items() if any(one == name or one.endswith(f".{name}") for one in called)}


def gist(statement: str) -> str:
    """What names a statement that has no name: its first words, without comments and values."""
    lines = iter(statement.strip().splitlines())
    first = next((line for line in lines if line.strip().split(" ")[0].rstrip(";") in WORDS), "")
    words = first.replace("(", " ( ").replace(";", " ").split()
    if words[:1] == ["PRAGMA"] or words[:1] == ["BEGIN"]:
        return " ".join(words[:2])
    if words[:2] == ["CREATE", "UNIQUE"]:
        return " ".join(words[:4])
    return " ".join(words[:3])


def _split(script: str) -> Iterator[str]:
    """The statements of a script."""
    lines: list[str] = []
    for line in script.splitlines():
        if line.startswith("--") or not line.strip():
            continue
        lines.append(line)
        if apsw.complete("\n".join(lines)):
            yield "\n".join(lines)
            lines = []


def _calls(module: str) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse((STORE / module).read_text("utf-8"))):
        if isinstance(node, ast.Call):
            yield node


def _texts(module: str) -> Iterator[str]:
    """Every text in a module's functions, statements without a name among them."""
    for function in ast.walk(ast.parse((STORE / module).read_text("utf-8"))):
        if isinstance(function, ast.FunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes):
                    yield node.value if isinstance(node.value, str) else node.value.decode()
