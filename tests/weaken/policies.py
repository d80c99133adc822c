"""The guards of the policy: floors, order, conditions, and what must never run."""

from typing import Final

from .model import Edit, Guard

EXECUTION: Final = "action/execution.py"
VERDICT: Final = "policy/verdict.py"

OF_THE_POLICY: Final = (
    Guard(
        "the code is a floor", "A policy loosens nothing that the code declares unless a rule says so.",
        (
            Edit(
                VERDICT, "    floor = declared.asks(asked.confidence) and (declared.is_question or",
                "    floor = False and (declared.is_question or",
            ),
        ),
        ("tests/policy/test_floor.py::test_no_policy_loosens_what_the_code_declares_unless_a_rule_replaces_it",),
    ),
    Guard(
        "sure enough", "What its agent is less sure of than it has to be waits for people.",
        (
            Edit(
                "policy/declaration.py", "return sure is not None and threshold is not None and sure >= threshold",
                "return True",
            ),
        ),
        (
            "tests/gate/test_confidence.py::test_of_what_it_is_less_sure_people_accept_it",
            "tests/gate/test_confidence.py::test_what_is_no_number_from_0_to_1_is_no_confidence",
        ),
    ),
    Guard(
        "nothing runs by default", "Only a rule lets an action run without people.",
        (
            Edit(
                VERDICT, "if declared.runs or (declared.speaks and not declared.asks(asked.confidence)):",
                "if declared.runs or not declared.asks(asked.confidence):",
            ),
        ),
        ("tests/policy/test_floor.py::test_only_a_rule_lets_anything_run_and_what_it_denies_is_denied",),
    ),
    Guard(
        "stricter at the start", "A policy that became stricter counts until the call leaves.",
        (Edit(EXECUTION, 'if verdict is None or verdict.kind == "run" or _retried(state):', "if True:"),),
        (
            "tests/engine/test_policy.py::test_what_was_agreed_to_is_asked_again_by_a_policy_that_asks_for_more",
            "tests/engine/test_policy.py::test_a_policy_that_came_between_claim_and_start_counts",
            "tests/engine/test_policy.py::test_what_ran_by_a_rule_is_held_once_no_rule_replaces_its_code",
        ),
    ),
    Guard(
        "the policy that was applied", "A policy that was changed where it is kept lets nothing run.",
        (Edit("codec/policies.py", "if text is None or text_digest(text) != digest:", "if text is None:"),),
        (
            "tests/codec/test_policy_file.py::test_a_policy_that_was_changed_where_it_is_kept_is_no_policy",
            "tests/engine/test_policy.py::test_a_policy_that_was_changed_in_the_database_lets_nothing_run",
        ),
    ),
    Guard(
        "a condition without an answer", "An error of a condition ends in a review.",
        (
            Edit(
                VERDICT,
                'return replace(failed.rule, effect="approval", mode="assisted", replaces=False), failed.why',
                'return None, ""',
            ),
        ),
        ("tests/policy/test_conditions.py::test_a_condition_without_an_answer_asks_no_fewer_than_its_rule_would",),
    ),
    Guard(
        "an error in every mode", "Also a rule that only looks on asks people where its condition has no answer.",
        (Edit(VERDICT, 'effect="approval", mode="assisted", replaces=False)', 'effect="approval", replaces=False)'),),
        ("tests/gate/test_auto.py::test_in_doubt_people_are_asked_in_every_mode",),
    ),
    Guard(
        "the mode is the rule's", "No mode lets run what the code asks for.",
        (Edit(VERDICT, "    elif floor:\n", '    elif floor and rule.mode == "assisted":\n'),),
        (
            "tests/policy/test_floor.py::test_no_policy_loosens_what_the_code_declares_unless_a_rule_replaces_it",
            "tests/gate/test_auto.py::test_what_the_code_asks_for_is_asked_in_every_mode",
        ),
    ),
    Guard(
        "watched from outside", "What runs only where people watch asks them outside of a watched run.",
        (Edit("policy/rules.py", 'case "watched" if not asked.watched:', 'case "watched" if False:'),),
        ("tests/gate/test_auto.py::test_watched_runs_inside_a_watched_run_and_asks_elsewhere",),
    ),
    Guard(
        "a sample moves nothing", "What people say of a sample leaves its action as it is.",
        (Edit("engine/consequences.py", 'if state.kind == "sample":', "if False:"),),
        ("tests/gate/test_auto.py::test_a_sample_is_looked_at_after_it_ran_and_changes_nothing",),
    ),
    Guard(
        "asked once", "What people were asked about before it ran is no sample.",
        (Edit("action/model.py", "self.share is not None and self.asked is None and", "self.share is not None and"),),
        ("tests/gate/test_auto.py::test_what_was_drawn_and_then_asked_about_is_no_sample",),
    ),
    Guard(
        "the type of an argument", "An argument that is not of its type has no answer.",
        (Edit("codec/cel/arguments.py", 'raise NoValue(f"its type allows no {wanted[0]}")', "return [{}]"),),
        ("tests/codec/test_conditions.py::test_an_argument_that_is_not_of_its_type_has_no_answer",),
    ),
    Guard(
        "exact conditions", "What would be rounded has no answer.",
        (Edit("codec/cel/functions.py", "traps=[Inexact, Rounded,", "traps=["),),
        ("tests/codec/test_conditions.py::test_an_error_is_no_answer",),
    ),
    Guard(
        "never", "What a policy says must never run is not let run by any of its rules.",
        (Edit("engine/rehearsal.py", "if overlap(rule.action, never.action)]", "if rule.action == never.action]"),),
        ("tests/policy/test_floor.py::test_what_never_promises_holds_for_every_action_and_declaration",),
    ),
)  # fmt: skip
