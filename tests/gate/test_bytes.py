"""What was approved is what runs, also when somebody changes the database in between."""

from __future__ import annotations

from pathlib import Path

import apsw
import pytest

import handrail
from handrail.embedded import Database, Embedded, solo_person
from handrail.review.commands import Decide


def test_arguments_that_were_changed_in_the_database_do_not_run(tmp_path: Path):
    path = str(tmp_path / "a.db")
    rail = handrail.connect(f"sqlite:///{path}", agent="payer", quiet=True)
    ran: list[int] = []
    pay = rail.approval(name="pay")(ran.append)
    ticket = pay.propose(90)
    database = Database(path)
    people = Embedded(database, solo_person)
    people.call(ticket.review or "", Decide("approve", people.review(ticket.review or "").state.view))
    with apsw.Connection(path) as connection:
        connection.execute("UPDATE revisions SET args = replace(args, '90', '9000')")
    connection.close()
    with pytest.raises(handrail.WrongBytes, match="nothing was run"):
        ticket.wait()
    assert ran == []
    assert ticket.status == "failed"
    database.close()
    rail.close()
