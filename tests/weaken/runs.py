"""The guards of runs: what a stop, a refused intent and a foreign run mean."""

from typing import Final

from .model import Edit, Guard

EXECUTION: Final = "action/execution.py"
OF_RUNS: Final = (
    Guard(
        "refused intents", "What a rule lets run is held once people refused its intent in the run.",
        (Edit("engine/facts.py", "if lineage.refused(work, command.run, intent):", "if False:"),),
        ("tests/engine/test_intents.py::test_a_start_at_once_is_held_where_the_intent_was_refused_in_the_run_around",),
    ),
    Guard(
        "grants from before a refusal", "What was agreed to before people refused its intent does not start.",
        (Edit(EXECUTION, "if facts.refused_at is None or", "if True or"),),
        ("tests/action/test_intents.py::test_a_grant_from_before_the_refusal_starts_nothing_without_a_new_decision",),
    ),
    Guard(
        "stopped runs", "Nothing starts in a run that was stopped, nor in one inside it.",
        (
            Edit(
                EXECUTION, "if facts.stopped and isinstance(command, c.Claim | c.Start)",
                "if False and isinstance(command, c.Claim | c.Start)",
            ),
        ),
        ("tests/run/test_lifecycle.py::test_what_was_agreed_to_does_not_start_in_a_stopped_run",),
    ),
    Guard(
        "runs of others", "A run of others cannot be named as the one around.",
        (
            Edit(
                "engine/checks.py",
                "(above.agent != actor.id and above.starter != actor.owner):\n        raise UnknownRun",
                "False:\n        raise UnknownRun",
            ),
        ),
        ("tests/server/test_stop.py::test_a_run_of_others_cannot_be_named_as_the_one_around",),
    ),
)  # fmt: skip
