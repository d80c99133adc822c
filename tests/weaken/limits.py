"""The guards of limits and of standing permissions."""

from typing import Final

from .model import Edit, Guard

LIMITS: Final = "tests/engine/test_limits.py"
STANDING: Final = "tests/engine/test_standing.py"
OF_LIMITS: Final = (
    Guard(
        "a limit", "Beyond what a limit lets run people are asked.",
        (
            Edit(
                "policy/limits.py", "return EXACT.add(self.used, self.asks) > Decimal(self.limit.at_most)",
                "return False",
            ),
        ),
        (f"{LIMITS}::test_ten_payments_of_999_under_a_limit_of_1000_are_seen",),
    ),
    Guard(
        "booked with the clearing", "What may run counts from the commit on that lets it.",
        (Edit("engine/consequences.py", "case acted.Cleared() if old != new:", "case acted.Cleared() if False:"),),
        (f"{LIMITS}::test_ten_payments_of_999_under_a_limit_of_1000_are_seen",),
    ),
    Guard(
        "counted until its start has left", "What may run counts however long ago it was allowed.",
        (
            Edit(
                "policy/budget.py", "return _sum((self.open, *(", "return _sum((ZERO, *("
            ),
        ),
        (f"{LIMITS}::test_what_may_start_counts_however_long_ago_it_was_allowed",),
    ),
    Guard(
        "looked at again", "Approvals that pass a limit together are asked again.",
        (
            Edit(
                "action/lifecycle.py", 'if verdict is None or verdict.kind == "run":\n        charges =',
                "if True:\n        charges =",
            ),
        ),
        (
            f"{LIMITS}::test_approvals_that_pass_a_limit_together_are_asked_again",
            f"{LIMITS}::test_beyond_a_hard_limit_nobody_is_asked_and_nobody_can_let_it_pass",
        ),
    ),
    Guard(
        "nobody looked", "What failed in the executor's own words goes on counting.",
        (
            Edit(
                "action/execution.py", 'isinstance(event, e.Failed) and event.by != "executor"',
                "isinstance(event, e.Failed)",
            ),
        ),
        (f"{LIMITS}::test_what_took_no_effect_is_given_back",),
    ),
    Guard(
        "numbers", "What is negative or no number makes no room under a limit.",
        (Edit("policy/limits.py", "return found if fitting and not found.is_signed() else None", "return found"),),
        ("tests/policy/test_budget.py::test_what_is_no_number_from_zero_is_none",),
    ),
    Guard(
        "the giver alone", "A permission lets nothing run that its giver could not approve alone now.",
        (Edit("engine/permissions.py", " and one.suffices(verdict.demand, directory, barred)", ""),),
        (f"{STANDING}::test_none_passes_a_policy_that_is_stricter_than_its_giver_could_satisfy",),
    ),
    Guard(
        "only what can be undone", "A permission covers nothing that is critical or cannot be undone.",
        (Edit("engine/permissions.py", ' and command.reversible and command.risk != "critical"', ""),),
        (f"{STANDING}::test_what_is_not_the_like_is_asked_about",),
    ),
    Guard(
        "given for what can be undone", "None is given for what is critical, cannot be undone, or needs several.",
        (Edit("review/permission.py", "    if why:\n        raise NotAllowed(why)\n", ""),),
        (f"{STANDING}::test_what_cannot_be_given",),
    ),
    Guard(
        "the like", "Only the same fixed arguments are the like.",
        (Edit("policy/standing.py", "all(about.args.get(one.name) == one.value for one in self.fixed)", "True"),),
        (f"{STANDING}::test_only_the_named_arguments_have_to_be_the_same",),
    ),
    Guard(
        "taken back", "What was to run by a permission that was taken back does not start.",
        (Edit("engine/facts.py", "if withdrawn := permissions.revoked(work, state):", "if withdrawn := None:"),),
        (f"{STANDING}::test_who_gave_it_and_supervisors_take_it_back",),
    ),
    Guard(
        "who takes it back", "Only the giver, supervisors and administrators take a permission back.",
        (
            Edit(
                "policy/standing.py",
                'if facts.actor.kind != "human" or not (facts.actor.id == state.by or facts.permitted):', "if False:",
            ),
        ),
        (f"{STANDING}::test_nobody_else_takes_it_back",),
    ),
)  # fmt: skip
