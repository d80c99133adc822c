"""The terminal on PostgreSQL: the owner migrates, and a role that can change no entry does everything else."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources
from urllib.parse import urlsplit

import psycopg
import pytest
from typer.testing import CliRunner

import handrail
from handrail.cli.main import app
from handrail.connect import database_path
from handrail.embedded import Database, Embedded, local_agent
from handrail.run import commands as r

PEOPLE = "people: [{handle: ann, os_user: ann, roles: [administrator, reviewer]}]"


@pytest.fixture
def runner(postgres: str) -> Iterator[str]:
    """The same database as a role with few rights; with a password, which nobody may see."""
    role = f"runner_{urlsplit(postgres).path.strip('/')}"
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'geheim'".encode())
        yield (
            urlsplit(postgres)._replace(netloc=f"{role}:geheim@{urlsplit(postgres).netloc.partition('@')[2]}").geturl()
        )
        connection.execute(f"DROP OWNED BY {role}; DROP ROLE {role}".encode())


STEPS = len(list((resources.files("handrail.store") / "migrations" / "postgres").iterdir()))


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handrail.cli.outcome.PATIENCE", 0.05)


def run(*words: str, code: int = 0) -> str:
    """What a command said, on both streams."""
    found = CliRunner().invoke(app, list(words), env={"LOGNAME": "ann", "COLUMNS": "200"}, catch_exceptions=False)
    assert found.exit_code == code, found.output
    assert "geheim" not in found.output
    return found.output


def test_a_role_that_can_change_no_entry_does_everything_but_migrate(postgres, runner, tmp_path):
    assert "this is no database of handrail" in run("doctor", "--db", runner, code=1)
    assert "there is no database" in run("reviews", "list", "--db", runner, code=3)
    assert f"{STEPS} steps missing" in run("migrate", "--check", "--db", postgres, code=1)
    role = str(urlsplit(runner).username)
    assert f"{STEPS} steps applied" in run("migrate", "--grant", role, "--db", postgres)
    assert "has this version's schema" in run("migrate", "--check", "--db", runner)
    (tmp_path / "people.yaml").write_text(PEOPLE)
    run("people", "apply", str(tmp_path / "people.yaml"), "--db", runner)
    rail = handrail.connect(runner, agent="payer", reviewers="user:ann", quiet=True)

    @rail.approval(name="payments.wire")
    def wire(amount: int) -> str:
        return f"paid {amount}"

    ticket = wire.propose(5)
    assert "payments.wire" in run("reviews", "list", "--db", runner)
    run("reviews", "approve", str(ticket.review), "-y", "--db", runner)
    assert ticket.wait(timeout=30) == "paid 5"
    rail.close()
    told = run("doctor", "--db", runner)
    assert "can change or delete none" in told
    assert "in order; the tree's root is" in told
    assert "may change entries" in run("doctor", "--db", postgres)
    watched = Embedded(Database(database_path(runner)), local_agent("tester", None))
    id_ = watched.run_id("nightly")
    watched.call(id_, r.Open("nightly", watch=r.Watch("exe_1")))
    watched.call(id_, r.Observe((r.Observation("note", 1, text="copied"),)))
    watched.database.close()
    assert "or does this" in run("runs", "prune", "--before", "0s", "--db", runner, code=2)
    assert "Dropped what 1 run" in run("runs", "prune", "--before", "0s", "--db", postgres)
    with psycopg.connect(runner, autocommit=True) as connection:
        for statement in ("DELETE FROM entries", "UPDATE entries SET rev = 0", "DROP TRIGGER entries_stay ON entries"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement.encode())


def test_a_role_without_rights_is_told_what_to_do(postgres, runner):
    run("migrate", "--db", postgres)
    said = run("reviews", "list", "--db", runner, code=2)
    assert "migrate --grant" in said


def test_a_role_that_does_not_exist_gets_no_rights(postgres):
    assert "create it first" in run("migrate", "--grant", "nobody at all", "--db", postgres, code=2)


def test_a_file_needs_no_migration_of_its_own(tmp_path):
    assert "whoever opens it next" in run("migrate", "--db", str(tmp_path / "a.db"), code=2)
