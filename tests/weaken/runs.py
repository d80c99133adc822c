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
    Guard(
        "paused runs", "Nothing starts in a run that is paused.",
        (Edit("engine/lineage.py", 'if run.status == "paused":', "if False:"),),
        ("tests/engine/test_watched.py::test_nothing_of_a_paused_run_or_of_one_inside_it_starts_until_it_is_resumed",),
    ),
    Guard(
        "who controls runs", "Only whoever answers for a run, is named for it or supervises controls it.",
        (Edit("run/control.py", 'if not (by_system or (facts.actor.kind == "human" and facts.owns)):', "if False:"),),
        ("tests/run/test_control.py::test_only_who_answers_for_a_run_controls_it",),
    ),
    Guard(
        "confirmations", "What was overtaken by another request is not confirmed.",
        (Edit("run/control.py", "asked.rev != command.of or", ""),),
        ("tests/run/test_control.py::test_what_was_overtaken_is_not_confirmed",),
    ),
    Guard(
        "clean-ups", "While its own process is there, no other one cleans up after a run.",
        (Edit("run/watch.py", "if not own and (not state.lost or one.name is None):", "if False:"),),
        ("tests/run/test_watch.py::test_its_own_process_cleans_up_after_a_stop",),
    ),
    Guard(
        "clean-ups side by side", "Two processes never clean up after one run at a time.",
        (Edit("run/watch.py",
              'if any(other.status == "running" and other.executor != command.executor for other in state.cleanups):',
              "if False:"),),
        ("tests/engine/test_taking.py::test_a_worker_is_told_of_runs_that_its_functions_clean_up_after",),
    ),
    Guard(
        "runs without a process", "A run that no other process can go on with fails with its process.",
        (Edit("run/watch.py", "if state.once and not state.final else [gone]", "if False else [gone]"),),
        ("tests/run/test_watch.py::test_with_its_process_a_run_fails_that_no_other_one_can_go_on_with",),
    ),
    Guard(
        "clean-ups that were begun", "A clean-up in which a process died is not begun again.",
        (Edit("run/lifecycle.py", 'one.status == "running" or (', "(",),),
        ("tests/run/test_watch.py::test_a_clean_up_that_a_process_died_in_is_never_begun_again",),
    ),
    Guard(
        "observations", "What a run reported is not gone unless the log says that it was dropped.",
        (Edit("engine/verify.py", "if self._gone.get(run.id, 0) > run.pruned:", "if False:"),),
        ("tests/engine/test_observations.py::test_a_batch_that_was_changed_or_taken_out_is_told",),
    ),
    Guard(
        "who drops observations", "Only an administrator drops what a run reported.",
        (Edit("run/watch.py", 'if facts.actor.kind != "human" or not facts.owns:', "if False:"),),
        ("tests/engine/test_observations.py::test_only_who_administers_drops_what_was_reported",),
    ),
    Guard(
        "leases of runs", "Only its own process keeps the lease of a run.",
        (Edit("engine/lives.py", "return state.attended and (state.executor, state.agent) == (executor, by.id)",
              "return state.attended"),),
        ("tests/server/test_watched_runs.py::test_the_lease_of_a_run_is_kept_by_its_own_process_alone",),
    ),
    Guard(
        "monitors", "A monitor that has reached its limit pauses its run.",
        (Edit("run/watch.py", "if index is None:", "if True:"),),
        ("tests/run/test_watch.py::test_a_monitor_pauses_at_its_limit_and_not_before",),
    ),
)  # fmt: skip
