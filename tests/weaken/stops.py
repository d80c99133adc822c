"""The guards of stops."""

from typing import Final

from .model import Edit, Guard

STOPS: Final = "tests/engine/test_stops.py"
OF_STOPS: Final = (
    Guard(
        "stopped: proposals", "What is stopped proposes nothing.",
        (Edit("engine/facts.py", "    stops.require_free(work, actor, command.name)\n", ""),),
        (f"{STOPS}::test_nothing_in_the_scope_is_proposed_claimed_or_started",),
    ),
    Guard(
        "stopped: starts", "What is stopped starts nothing, also before the sweep has come to it.",
        (
            Edit(
                "action/execution.py", "    if facts.halted and isinstance(command, c.Claim | c.Start)",
                "    if facts.now < 0 and isinstance(command, c.Claim | c.Start)",
            ),
        ),
        (
            f"{STOPS}::test_what_waits_ends_in_steps_and_starts_nowhere_meanwhile",
            f"{STOPS}::test_what_turns_out_not_to_have_happened_does_not_start_again",
            f"{STOPS}::test_workers_take_nothing_of_the_scope",
        ),
    ),
    Guard(
        "stopped: approvals", "An approval lets nothing run that is stopped.",
        (
            Edit(
                "action/lifecycle.py", 'if facts.halted is not None and state.status == "held":', "if facts.now < 0:"
            ),
        ),
        (f"{STOPS}::test_an_approval_that_comes_before_the_sweep_lets_nothing_run",),
    ),
    Guard(
        "stopped: attempts", "What had started before a stop is not tried again.",
        (Edit("engine/facts.py", " or _halted(work, state) is not None", ""),),
        (f"{STOPS}::test_what_was_started_goes_on_and_is_not_tried_again",),
    ),
    Guard(
        "stopped: what waits", "What waits ends, in steps, until none is left.",
        (Edit("policy/stops.py", "later = facts.now + 1 if facts.more else None", "later = None"),),
        (f"{STOPS}::test_what_waits_ends_in_steps_and_starts_nowhere_meanwhile",),
    ),
    Guard(
        "stopped: runs", "What is stopped opens no run.",
        (Edit("engine/runs.py", "        stops.require_free(work, found.actor)\n", ""),),
        (f"{STOPS}::test_runs_of_the_scope_are_paused_or_stopped_and_none_begins",),
    ),
    Guard(
        "who stops", "Only supervisors, administrators, and of one agent its owner, stop.",
        (Edit("policy/stops.py", 'facts.actor.kind != "human" or not facts.may_stop', "False"),),
        (f"{STOPS}::test_nobody_else_does",),
    ),
    Guard(
        "who lifts", "Only administrators lift a stop.",
        (Edit("policy/stops.py", 'facts.actor.kind != "human" or not facts.may_lift', "False"),),
        (f"{STOPS}::test_it_is_lifted_by_another_administrator",),
    ),
    Guard(
        "another lifts", "Who made a stop does not lift it while somebody else could.",
        (Edit("policy/stops.py", "if facts.actor.id == state.by and not facts.alone:", "if False:"),),
        (f"{STOPS}::test_it_is_lifted_by_another_administrator",),
    ),
    Guard(
        "in doubt stopped", "Where nobody can tell the team of an agent, a stop of a team holds for it.",
        (Edit("policy/stops.py", "about.teams is None or ", "about.teams is not None and "),),
        (f"{STOPS}::test_it_holds_for_who_joins_the_team_and_for_whose_owner_has_left",),
    ),
    Guard(
        "told to every process", "Every process reads what is stopped again once that has changed.",
        (Edit("engine/reads.py", " or any(_turns(one) for one in states.values())", ""),),
        (f"{STOPS}::test_what_another_process_stops_is_stopped_here",),
    ),
)  # fmt: skip
