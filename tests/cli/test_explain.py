"""Explaining: the whole life of an action from its entries, also after every erasable text is gone."""

from __future__ import annotations

import apsw
import pytest

from tests.cli.conftest import Terminal


@pytest.fixture(autouse=True)
def _impatient(monkeypatch):
    monkeypatch.setattr("handrail.cli.outcome.PATIENCE", 0.05)


def erased(terminal: Terminal, tmp_path) -> Terminal:
    """The command on a copy of the database whose erasable texts are gone."""
    copy = tmp_path / "erased.db"
    source = apsw.Connection(str(terminal.path))
    source.execute("VACUUM INTO ?", (str(copy),))
    source.close()
    with apsw.Connection(str(copy)) as connection:
        connection.execute("DELETE FROM disclosures WHERE name != 'data'; DELETE FROM revisions")
    return Terminal(copy, terminal.monkeypatch)


def lived(company, rail):
    """An action that two people decided after an escalation and an edit; its id."""

    @rail.approval(name="payments.wire", risk="high", quorum=2, then="user:cfo")
    def wire(iban: str, amount: int) -> None: ...

    ticket = wire.propose("DE89", 90_000)
    company("reviews", "approve", ticket.review, "-qy", "--view", "A" * 43)
    company("reviews", "escalate", ticket.review, "-m", "urgent")
    company("reviews", "edit", ticket.review, "--set", "amount=620775", "-qy", "-m", "too much")
    company("reviews", "approve", ticket.review, "-qy", "-m", "fine now", user="cfo")
    ticket.wait(timeout=10)
    return ticket.id


def test_what_waits_for_another_action_is_told_wherever_one_looks(company, rail, wire):
    with rail.run("careful", hold="run"):
        first, second = wire.propose("DE02", 7), wire.propose("DE89", 90_000)
    review = " ".join(company("reviews", "show", second.review).out.split())
    assert f"does not start before {first.id[:10]} is decided" in review
    decided = company("reviews", "approve", second.review, "-y").out
    words = f"does not start before {first.id[:10]} is decided"
    for page in (
        decided, company("explain", second.id).out, company("actions", "show", second.id).out,
        company("actions", "list", columns=160).out, company("runs", "show", "careful", columns=160).out,
    ):  # fmt: skip
        assert words in " ".join(page.split())
    company("reviews", "reject", first.review, "-y", "-m", "no")
    assert "does not start before" not in company("explain", second.id).out


def test_the_log_tells_who_could_decide_when_and_why_it_ran(company, rail):
    action = lived(company, rail)
    out = " ".join(company("explain", action).out.split())
    story = [
        "paybot proposed it for robot: people are asked, because the action's code asks for it; risk high",
        "asks group:treasury for 4 h, then user:cfo for 4 h; needs 2 people",
        "may decide now: user:ann and user:bob",
        "user:ann was refused: stale view",
        "level 2 is asked, too",
        "user:ann asked for it: “urgent”",
        "may decide now: user:ann, user:bob and user:cfo",
        f"user:ann changed the arguments ({company.auth})",
        "“too much”",
        f"user:cfo approved ({company.auth})",
        "with the votes of user:ann and user:cfo: “fine now”",
        "cleared by rev_",
        "started, attempt 1",
        "succeeded, says the executor",
    ]
    assert [words for words in story if words not in out] == []
    places = [out.index(words) for words in story]
    assert places == sorted(places)
    assert "Because user:ann and user:cfo approved in rev_" in out


def test_after_erasure_ids_levels_votes_times_and_digests_still_show(company, rail, tmp_path):
    action = lived(company, rail)
    before = company("explain", action, "--json").json
    gone = erased(company, tmp_path)
    said = gone("explain", action)
    assert said.code == 0, said.err
    out = " ".join(said.out.split())
    for secret in ("DE89", "620775", "urgent", "too much", "fine now", "paybot", "user:ann", "treasury"):
        assert secret not in out
    for kept in (
        "level 2 is asked, too",
        "needs 2 people",
        "with the votes of usr_",
        "[note erased,",
        "started, attempt 1",
    ):
        assert kept in out
    after = gone("explain", action, "--json").json
    assert [one["data"] for one in after] == [one["data"] for one in before]
    assert [one["at"] for one in after] == [one["at"] for one in before]
    assert [one["bind"] for one in after] == [one["bind"] for one in before]
    for words in (("actions", "list"), ("actions", "show", action), ("people", "list"), ("reviews", "list", "--all")):
        assert gone(*words).code == 0


def test_a_change_of_the_directory_shows_where_it_changed_who_could_decide(company, wire, tmp_path):
    ticket = wire.propose("DE89", 1)
    company.apply(tmp_path, "people: [{handle: ann, name: Ann Doe, os_user: ann}, {handle: eve, groups: [treasury]}]")
    out = " ".join(company("explain", ticket.id).out.split())
    assert "user:ann is now in no group" in out
    assert "user:eve came into the directory: group:treasury" in out
    assert "may decide now: user:bob and user:eve" in out


def test_what_was_refused_by_the_rules_says_why_nobody_was_asked(terminal, rail):
    ticket = rail.approval(name="both", quorum=2)(lambda: None).propose()
    out = terminal("explain", ticket.id).out
    assert "quorum unreachable; nobody was asked" in out
    assert "it may not run, because quorum unreachable" in out


def test_a_review_leads_to_its_action(company, wire):
    ticket = wire.propose("DE89", 1)
    assert ticket.id in company("explain", ticket.review).out
    assert company("explain", "act_zzz").code == 3


def test_what_nobody_was_asked_about_says_why_and_how_sure_its_agent_was(company, rail):
    @rail.confidence(name="tickets.triage", of=lambda _: 0.93, threshold=0.8)
    def triage(text: str) -> str:
        return "billing"

    ticket = triage.propose("invoice")
    out = " ".join(company("explain", ticket.id).out.split())
    assert "Because its agent is as sure as it has to be; nobody was asked" in out
    assert "it may run, because its agent is as sure as it has to be (confidence 0.93, wanted 0.8 or more)" in out
    assert "cleared by its code" in out
    assert "used as it is" in out
