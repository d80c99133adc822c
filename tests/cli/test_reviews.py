"""Looking: what waits, in which order, and everything about one review."""

from __future__ import annotations

from itertools import pairwise

from tests.cli.conftest import harmless


def test_an_empty_inbox_says_so(company):
    ended = company("reviews", "list")
    assert (ended.code, ended.out) == (0, "Nothing waits for you.\n")


def test_a_review_is_one_line_with_risk_time_bytes_and_agent(company, wire):
    ticket = wire.propose("DE89", 90_000)
    head, row = company("reviews", "list").out.splitlines()
    assert head.split() == ["REVIEW", "RISK", "AGE", "LEFT", "WHAT", "AGENT"]
    assert row.startswith(ticket.review[:10])
    assert "high" in row
    assert "3 h 59 min" in row
    assert 'payments.wire  iban "DE89", amount 90000' in row
    assert row.endswith("paybot")


def test_the_riskiest_is_first_and_is_what_show_shows(company, wire, rail):
    calm = rail.approval(name="calm", risk="low")(lambda: None).propose()
    pressing = wire.propose("DE89", 1)
    rows = company("reviews", "list").out.splitlines()[1:]
    assert [row[:10] for row in rows] == [pressing.review[:10], calm.review[:10]]
    assert pressing.review in company("reviews", "show").out


def test_every_line_fits_a_narrow_terminal(company, wire):
    wire.propose("DE89 " * 30, 90_000)
    for words in (("reviews", "list"), ("reviews", "show"), ("actions", "list")):
        assert max(map(len, company(*words, columns=60).out.splitlines())) <= 60


def test_what_asks_others_is_counted_and_shown_on_request(company, wire):
    wire.propose("DE89", 1)
    assert company("reviews", "list", user="cfo").out == "Nothing waits for you. 1 for others: --all shows them.\n"
    assert "payments.wire" in company("reviews", "list", "--all", user="cfo").out


def test_pages_continue_behind_the_last_one(company, wire):
    tickets = [wire.propose("DE89", amount) for amount in range(5)]
    seen: list[str] = []
    after: list[str] = []
    while True:
        page = company("reviews", "list", "--limit", "2", "--json", *after).json
        seen += [one["id"] for one in page["reviews"]]
        if page["after"] is None:
            break
        after = ["--after", page["after"]]
    assert seen == [ticket.review for ticket in tickets]
    assert f"More: --after {seen[1][:10]}" in company("reviews", "list", "--limit", "2").out


def test_what_is_asked_again_and_again_is_one_row_and_each_is_decided_by_itself(company, wire, monkeypatch):
    monkeypatch.setattr("handrail.cli.outcome.PATIENCE", 0.05)
    same = [wire.propose("DE89", 1) for _ in range(12)]
    other = wire.propose("DE89", 2)
    lines = company("reviews", "list").out.splitlines()
    assert [line[:10] for line in lines[1:3]] == [same[0].review[:10], other.review[:10]]
    assert "amount 1  ×12" in lines[1]
    assert "×" not in lines[2]
    assert "--each" in lines[3]
    assert len(company("reviews", "list", "--each").out.splitlines()) == 14
    found = company("reviews", "list", "--json").json["reviews"]
    assert [one["id"] for one in found] == [one.review for one in (*same, other)]
    assert [len({one["alike"] for one in found[:12]}), len({one["alike"] for one in found})] == [1, 2]
    assert company("reviews", "approve", same[0].review, "--yes").code == 0
    assert "×11" in company("reviews", "list").out


def test_pages_of_folded_rows_lead_through_everything_once(company, wire):
    asked = [wire.propose("DE89", amount).review[:10] for amount in (1, 1, 2, 1, 3, 1, 2)]
    first = company("reviews", "list", "--limit", "2").out.splitlines()
    assert [(line[:10], line.count("×3")) for line in first[1:3]] == [(asked[0], 1), (asked[2], 0)]
    assert first[-1] == f"More: --after {asked[3]}"
    rest = company("reviews", "list", "--limit", "3", "--after", asked[3]).out.splitlines()
    assert [line[:10] for line in rest[1:]] == asked[4:]


def test_nothing_is_alike_once_its_arguments_are_erased(company, wire, rail):
    _, second = (wire.propose("DE89", 1) for _ in range(2))
    alike = [one["alike"] for one in company("reviews", "list", "--json").json["reviews"]]
    assert alike[0] == alike[1]
    with rail._gate.backend.database.process.store.write() as tx:
        tx.connection.execute("DELETE FROM revisions WHERE action = ?", (second.id,))
    alike = [one["alike"] for one in company("reviews", "list", "--json").json["reviews"]]
    assert alike[0]
    assert alike[1] is None


def test_show_puts_facts_first_and_the_agents_words_last_behind_a_fence(company, wire):
    wire.propose("DE89", 90_000)
    out = company("reviews", "show").out
    assert (
        out.index("Why ")
        < out.index("EXACT ARGUMENTS")
        < out.index("CONTEXT")
        < out.index("┆ agent text, not verified")
    )
    assert "┆   Pay the invoice" in out
    assert "handrail reviews approve | edit | reject | send-back" in out


def test_json_is_ascii_and_has_all_that_a_decision_needs(company, wire):
    ticket = wire.propose("Käse\x7f\x1b[31m", 90_000)
    ended = company("reviews", "show", ticket.review, "--json")
    assert ended.out.isascii()
    assert harmless(ended.out)
    assert ended.json["args"] == {"amount": 90_000, "iban": "Käse\x7f\x1b[31m"}
    assert ended.json["choices"] == ["approve", "edit", "reject", "send_back"]
    assert ended.json["view"] == ended.json["state"]["view"]
    assert ended.json["context"] == {"invoice": "4711"}


def test_ids_may_be_shortened_to_what_is_unique(company, wire):
    review = wire.propose("DE89", 1).review
    for given in (review, review[:8], review[4:8], review[4:12].upper()):
        assert review in company("reviews", "show", given).out


def test_a_beginning_of_several_ids_lists_them(company, wire):
    reviews = sorted(wire.propose("DE89", amount).review for amount in range(40))
    shared = next(one[:5] for one, other in pairwise(reviews) if one[:5] == other[:5])
    ended = company("reviews", "show", shared)
    assert ended.code == 2
    for review in [review for review in reviews if review.startswith(shared)][:8]:
        assert review[:9] in ended.err


def test_what_is_not_there_ends_with_3(company, terminal, tmp_path):
    ended = company("reviews", "show", "zzzz")
    assert (ended.code, ended.err) == (
        3, "handrail: no review begins with 'zzzz': list them with `handrail reviews list`\n",
    )  # fmt: skip
    assert company("reviews", "show").err == "handrail: nothing waits for you\n"
    assert company("reviews", "show", "rev_%").code == 3


def test_a_missing_database_is_named_and_never_created(terminal):
    ended = terminal("reviews", "list")
    assert ended.code == 3
    assert str(terminal.path) in ended.err
    assert "handrail init" in ended.err
    assert not terminal.path.exists()


def test_a_url_is_as_good_as_a_path(on_file, wire):
    wire.propose("DE89", 1)
    assert "payments.wire" in on_file("reviews", "list", "--db", f"sqlite:///{on_file.path}").out
    assert on_file("reviews", "list", "--db", "mysql://x/y").code == 2
    assert on_file("reviews", "list", "--db", "sqlite:///:memory:").code == 2


def test_solo_mode_says_so(terminal, wire):
    wire.propose("DE89", 1)
    assert terminal("reviews", "show").out.startswith("solo mode: you are the only person; decisions are marked solo\n")


def test_runs_and_their_actions_are_listed(company, rail, wire):
    with rail.run("nightly payments"):
        wire.propose("DE89", 7)
    assert "nightly payments" in company("runs", "list").out
    out = company("runs", "show", "nightly payments").out
    assert "finished" in out
    assert 'payments.wire  iban "DE89", amount 7' in out
    assert company("runs", "show", "nothing of that name").code == 3


def test_an_action_is_shown_by_its_id_and_by_its_reviews(company, wire):
    ticket = wire.propose("DE89", 7)
    assert ticket.id in company("actions", "show", ticket.id[:9]).out
    assert ticket.id in company("actions", "show", ticket.review).out
    assert company("actions", "show", ticket.id, "--json").json["action"]["status"] == "held"
    assert company("actions", "list", "--json").json["actions"][0]["id"] == ticket.id
