"""The guards of workers."""

from typing import Final

from .model import Edit, Guard

TAKING: Final = "engine/taking.py"
OF_WORKERS: Final = (
    Guard(
        "one order of tenants", "Whoever waits for one tenant's head holds none that comes behind it.",
        (Edit("engine/engine.py", "sorted(_by_tenant(requests).items())", "_by_tenant(requests).items()"),),
        ("tests/engine/test_tenants.py::test_whoever_waits_for_a_tenant_holds_none_that_comes_behind_it",),
    ),
    Guard(
        "a caller's own action", "What a blocking caller runs itself, no worker takes.",
        (Edit(TAKING, "    if not state.offered:\n", "    if False:\n"),),
        ("tests/engine/test_taking.py::test_a_caller_keeps_its_own_action_and_can_still_execute_it_itself",),
    ),
    Guard(
        "workers need the scope", "Only a key that may execute for others takes their work.",
        (Edit(TAKING, 'if request.actor.kind != "agent" or not request.actor.executes:', "if False:"),),
        ("tests/engine/test_taking.py::test_only_who_may_execute_for_others_takes_work",),
    ),
    Guard(
        "turns", "Workers take one action of each agent in turn.",
        (Edit(TAKING, "                turns.append(agent)", "                turns.appendleft(agent)"),),
        ("tests/engine/test_taking.py::test_an_agent_with_many_actions_starves_nobody",),
    ),
    Guard(
        "only what has not started is given back", "A claim is given back before the start, never after it.",
        (Edit("action/execution.py", 'if state.status != "claimed":', "if False:"),),
        ("tests/engine/test_taking.py::test_what_is_given_back_another_takes_at_once_and_who_gave_it_back_cannot_start_it",),
    ),
    Guard(
        "one probe, one attempt", "What a probe found counts only for the attempt that it was asked about.",
        (Edit("action/execution.py", "    if command.fence != state.fence:", "    if False:"),),
        ("tests/gate/test_probes.py::test_what_a_probe_found_before_another_attempt_began_says_nothing_about_that_one",),
    ),
    Guard(
        "late reports", "One late report is kept for each call that was lost, from whoever held it, and no other.",
        (Edit("action/execution.py", "if Lease(command.fence, facts.actor.id) not in state.lost:", "if False:"),),
        ("tests/gate/test_start.py::test_a_late_report_is_kept_also_after_the_end_and_changes_nothing",),
    ),
)  # fmt: skip
