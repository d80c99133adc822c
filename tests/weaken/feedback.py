"""The guards of what comes back from decisions."""

from typing import Final

from .model import Edit, Guard

CURSORS: Final = "learning/cursors.py"
DECISIONS: Final = "learning/decisions.py"
HINDSIGHT: Final = "action/hindsight.py"
FENCED: Final = "tests/gate/test_feedback.py::test_what_is_noted_under_an_ended_lease_is_refused_and_the_cursor_stays"
STANDBY: Final = (
    "tests/crash/test_standby.py::test_who_stands_by_hears_nothing_until_the_other_is_killed_and_then_goes_on_there"
)
SCOPES: Final = (
    "tests/server/test_decisions.py::"
    "test_a_key_reads_what_was_decided_for_its_agent_and_with_the_scope_learn_for_its_owners"
)
OF_FEEDBACK: Final = (
    Guard(
        "noted after the function", "A consumer's cursor moves only after its function returned.",
        (
            Edit(
                "learning/consumer.py", "            with self._handing:\n",
                "            with self._handing:\n                self._note(made.position)\n",
            ),
        ),
        (STANDBY,),
    ),
    Guard(
        "a consumer's fence", "What a consumer notes under an ended lease is refused.",
        (Edit(CURSORS, "self._kept(tx, name, known, now).fence == fence", "True"),),
        (FENCED,),
    ),
    Guard(
        "a consumer without a lease", "Who holds no lease notes nothing under a name that somebody holds.",
        (Edit(CURSORS, "mine = known is None or known.until <= now", "mine = True"),),
        (FENCED,),
    ),
    Guard(
        "one holder", "A name is held by one until its time is over.",
        (
            Edit(CURSORS, "if known is None or known.holder == holder or", "if known is None or 0 <= now or"),
            Edit("store/statements.py", "WHERE holder = excluded.holder OR until <= ?5", "WHERE ?5"),
        ),
        (FENCED,),
    ),
    Guard(
        "consumers of one's own", "A consumer belongs to the principal that named it.",
        (Edit(CURSORS, 'f"decisions/{principal}/"', 'f"decisions/{len(principal)}/"'),),
        ("tests/server/test_decisions.py::test_a_consumer_is_its_principals_own",),
    ),
    Guard(
        "the scope to learn", "An agent hears of others' decisions only with the scope `learn`.",
        (Edit("server/decisions.py", '("learn" in who.scopes and action.owner', "(action.owner"),),
        (SCOPES,),
    ),
    Guard(
        "the owner's agents", "The scope `learn` opens the decisions of its owner's agents alone.",
        (Edit("server/decisions.py", " and action.owner == who.principal.owner)", ")"),),
        (SCOPES,),
    ),
    Guard(
        "told when final", "A decision that can still be taken back is not told.",
        (Edit(DECISIONS, "if made is None or not review.effective:", "if made is None:"),
         Edit(DECISIONS, 'made is None or at_once != (entry.type == "review.decided")', "made is None")),
        ("tests/gate/test_feedback.py::test_what_can_still_be_taken_back_is_not_told_yet",),
    ),
    Guard(
        "who judges", "Only its agent, and who may decide or supervise, say how an action turned out.",
        (Edit(HINDSIGHT, "if not by_agent and not facts.permitted:", "if False:"),),
        ("tests/action/test_hindsight.py::test_a_strange_agent_says_nothing",),
    ),
    Guard(
        "a person's judgement", "What a person said of how it turned out, no agent takes back.",
        (Edit(HINDSIGHT, 'if by_agent and state.told_by == "human"', "if False"),),
        ("tests/action/test_hindsight.py::test_no_agent_takes_back_what_a_person_said",),
    ),
)  # fmt: skip
