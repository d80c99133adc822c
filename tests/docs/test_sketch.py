"""What the page says exists of the sketches is held by tests that are named here, row by row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import pytest

from tests.architecture.claims import collected
from tests.architecture.rules import ROOT

PAGE = ROOT / "docs" / "explanation" / "from-the-sketch-to-the-product.md"
APPROVAL, CONFIDENCE, EXCEPTIONS = (f"tests/gate/test_{name}.py::" for name in ("approval", "confidence", "exceptions"))
TOLD, RUNS, FEEDBACK = (f"tests/gate/test_{name}.py::" for name in ("told", "runs", "feedback"))
FOUR_CALLS = EXCEPTIONS + "test_four_calls_one_two_and_four_seconds_apart_and_then_people_are_asked"
REJECTED = APPROVAL + "test_a_rejected_call_does_not_run_and_tells_the_reason"
UNCHANGED = APPROVAL + "test_an_exception_of_the_function_reaches_the_caller_unchanged_and_is_kept"
EVERY_ENTRY = "tests/engine/test_log.py::test_every_change_has_its_entry_and_the_log_gives_the_states_back"
FOUND_AGAIN = "tests/e2e/test_restart.py::test_killed_while_waiting_in_a_run_it_finds_its_question_again"
ONCE = "tests/e2e/test_field_failures.py::test_one_grant_gives_one_result_to_however_many_wait_for_it"
SILENCE = APPROVAL + "test_silence_ends_at_the_deadline_and_nothing_runs"
ON_STDERR = "tests/e2e/test_restart.py::test_the_line_on_stderr_says_what_is_held_until_when_and_how_to_decide"
CHECKED = CONFIDENCE + "test_why_people_are_asked_is_told"
SURE = CONFIDENCE + "test_what_the_predictor_is_sure_of_is_used_as_it_is_and_recorded"

WATCHED, TASKS, CLEANED = (f"tests/gate/test_{name}.py::" for name in ("oversight", "oversight_tasks", "cleanups"))
HELD = {
    "continuous oversight": (
        WATCHED + "test_a_pause_holds_before_the_next_step_and_is_confirmed",
        WATCHED + "test_guidance_is_read_at_the_next_step_and_only_there",
    ),
    "`start_monitored_execution(": (
        WATCHED + "test_a_thread_under_watch_goes_on_by_itself",
        TASKS + "test_a_task_under_watch_goes_on_by_itself",
    ),
    "`report_progress`": (
        WATCHED + "test_steps_are_reported_with_what_they_cost_and_the_run_finishes",
        WATCHED + "test_an_exception_is_kept_without_secrets_and_raised_as_it_is",
    ),
    "Interruption is seen only": (
        TASKS + "test_a_stop_cancels_the_step_and_all_that_it_awaits",
        TASKS + "test_an_interrupted_step_is_given_again",
        "tests/e2e/test_watched.py::test_a_stop_from_elsewhere_ends_a_program_with_all_that_it_started",
        WATCHED + "test_ordinary_code_that_is_stopped_in_a_step_leaves_at_its_report_and_that_is_said",
    ),
    "approval-based pattern": (APPROVAL + "test_an_approved_call_runs_once_and_returns_its_result",),
    "confidence-threshold pattern": (SURE, CONFIDENCE + "test_of_what_it_is_less_sure_people_accept_it"),
    "exception-handling pattern": (FOUR_CALLS,),
    "`ApprovalBasedAgent": (APPROVAL + "test_a_ticket_does_not_wait_until_it_is_told_to",),
    "`generate_action_proposal`": (
        TOLD + "test_description_risk_impact_and_context_are_frozen_when_people_are_asked",
        TOLD + "test_what_is_told_may_come_from_a_coroutine",
    ),
    "`request_approval(": (TOLD + "test_description_risk_impact_and_context_are_frozen_when_people_are_asked",),
    "`context` passed in": (APPROVAL + "test_context_of_all_blocks_is_frozen_into_the_review",),
    "`pending_actions`": (
        FOUND_AGAIN,
        "tests/cli/test_reviews.py::test_a_review_is_one_line_with_risk_time_bytes_and_agent",
        "tests/cli/test_reviews.py::test_runs_and_their_actions_are_listed",
    ),
    "`handle_approval_response(": (
        REJECTED,
        "tests/cli/test_decide.py::test_an_approval_runs_the_call_and_tells_its_result",
    ),
    "an unknown approval id": (TOLD + "test_a_review_that_nobody_knows_is_an_error_of_its_own_and_a_lookup_error",),
    "approved: execute": (
        EVERY_ENTRY,
        "tests/action/test_execution.py::test_an_approved_action_is_claimed_started_and_settled",
    ),
    "`ConfidenceBasedAgent(": (SURE, CONFIDENCE + "test_what_is_no_number_from_0_to_1_is_no_confidence"),
    "`model.predict(": (
        CONFIDENCE + "test_a_call_with_effects_runs_from_the_threshold_on",
        CONFIDENCE + "test_dynamic_dispatch_says_how_sure_it_is",
    ),
    "`log_automatic_execution`": (SURE,),
    "`human_queue.add_for_review(": (CHECKED,),
    "returns `pending_human_review`": (
        APPROVAL + "test_a_deferred_call_raises_pending_with_its_ticket",
        "tests/server/test_accepted.py::test_an_action_that_waits_is_202_with_the_expected_wait_and_when_to_ask_again",
    ),
    "`get_estimated_wait()`": (
        "tests/gate/test_expected_wait.py::test_a_range_is_told_from_the_reviews_before",
        "tests/learning/test_wait.py::test_eight_waits_in_ten_are_inside_their_range",
    ),
    "`handle_human_decision(": (
        CONFIDENCE + "test_a_correction_is_used_instead_in_its_type",
        CONFIDENCE + "test_what_is_rejected_is_not_used",
        APPROVAL + "test_an_edited_call_runs_with_the_edited_arguments_only",
    ),
    "`update_model_with_feedback(": (
        FEEDBACK + "test_everything_that_was_decided_comes_in_order_with_corrections_and_reasons",
        FEEDBACK + "test_an_error_stops_the_consumer_there_and_nothing_is_skipped",
    ),
    "`max_retries = 3`": (
        FOUR_CALLS,
        "tests/gate/test_worth.py::test_an_error_is_tried_again_by_its_own_word_then_by_retry_if_then_by_its_type",
    ),
    "`retry_count` in memory": (
        "tests/e2e/test_retries.py::test_four_calls_and_their_pauses_hold_across_a_kill_between_two_attempts",
    ),
    "`create_escalation(": (
        "tests/server/test_failures.py::test_failures_are_found_by_the_type_of_their_error_page_after_page",
        "tests/cli/test_exceptions.py::test_failures_that_are_alike_are_one_row_are_seen_together_and_decided_alone",
        "tests/server/test_page_past.py::test_failed_attempts_are_told_in_order_with_what_the_agent_says_of_them_drawn",
        *(
            EXCEPTIONS + f"test_{what}"
            for what in (
                "a_persons_retry_begins_the_attempts_anew",
                "a_retry_with_other_arguments_runs_those",
                "a_supplied_result_is_the_callers",
                "an_abort_raises_with_the_original_error_as_its_cause",
            )
        ),
    ),
    "returns `{'status': 'escalated'": (
        FOUR_CALLS,
        "tests/action/test_execution.py::test_an_exception_asks_with_all_attempts_counted",
    ),
    "`escalate_immediately`": (EXCEPTIONS + "test_an_unexpected_error_goes_to_people_at_once",),
    "sessions that end `completed`": (
        WATCHED + "test_a_stop_ends_it_for_good_with_the_reason",
        RUNS + "test_a_finished_run_is_not_entered_again",
        "tests/gate/test_stop.py::test_who_waits_in_a_stopped_run_or_one_inside_it_is_told_why",
        RUNS + "test_equal_calls_of_one_execution_are_two_and_a_second_execution_finds_both",
    ),
    "`interrupt_execution(": (
        "tests/gate/test_stop.py::test_a_stop_needs_a_reason_and_a_run_that_goes_on",
        WATCHED + "test_a_stop_ends_it_for_good_with_the_reason",
        "tests/cli/test_runs.py::test_a_run_is_paused_guided_and_told_to_go_on",
        "tests/gate/test_stop.py::test_what_was_agreed_to_before_does_not_start_afterwards",
    ),
    "`cleanup_interrupted_execution`": (
        "tests/gate/test_stop.py::test_a_stopped_run_is_not_entered_again_and_its_error_leaves_clean_up_alone",
        CLEANED + "test_clean_up_runs_backwards_after_a_stop_and_each_is_recorded",
        WATCHED + "test_a_named_clean_up_travels_as_json",
    ),
    "`HITLOrchestrator.patterns`": (
        "tests/gate/test_auto.py::test_the_same_call_is_asked_about_less_as_it_becomes_less_critical",
        "tests/gate/test_auto.py::test_patterns_have_names_and_an_unknown_one_lists_the_known",
        "tests/gate/test_auto.py::test_a_pattern_of_ones_own_is_made_of_those_that_are_there",
        "tests/gate/test_policy.py::test_a_rule_that_replaces_the_code_lets_it_run_without_people",
        "tests/gate/test_policy.py::test_a_rule_denies",
        "tests/engine/test_conditions.py::test_the_first_rule_counts_whose_condition_is_true",
        "tests/engine/test_limits.py::test_payments_run_up_to_the_limit_and_beyond_it_people_are_asked",
    ),
    "(nothing: one process)": (
        "tests/e2e/test_served.py::test_a_script_says_the_same_on_a_file_and_at_a_server",
        "tests/server/test_matrix.py::test_an_agents_key_is_refused_on_every_route_of_people_and_each_refusal_is_an_entry",
    ),
    "tools of an agent's loop": (APPROVAL + "test_call_and_wrap_gate_a_table_of_tools",),
    "`audit_logger.": (
        EVERY_ENTRY,
        UNCHANGED,
        "tests/gate/test_policy.py::test_the_view_and_the_log_name_the_policy",
        "tests/cli/test_explain.py::test_what_nobody_was_asked_about_says_why_and_how_sure_its_agent_was",
    ),
    "escalation paths, context": (
        "tests/review/test_ladder.py::test_after_its_time_the_next_level_is_asked_and_the_earlier_stays_allowed",
        APPROVAL + "test_context_of_all_blocks_is_frozen_into_the_review",
        SILENCE,
        EVERY_ENTRY,
    ),
    "feedback loops": (
        FEEDBACK + "test_the_most_alike_decisions_come_first_with_their_corrections",
        FEEDBACK + "test_how_it_turned_out_is_told_once_it_is_over",
    ),
    "A pending action is never removed": (ONCE, "tests/review/test_voting.py::test_the_second_decision_comes_too_late"),
    "`handle_exception` uses a name": (
        "tests/docs/test_examples.py::test_every_example_of_the_page_does_what_the_page_says",
    ),
    "Nothing survives a restart.": (FOUND_AGAIN,),
    "Nothing times out.": (SILENCE,),
    "Nobody is told.": (ON_STDERR, "tests/cli/test_watch.py::test_each_change_is_a_line"),
}
"""The first words of a row, and the tests that hold what it says of today."""

SAMPLE = """\
| The sketch | Here | |
| --- | --- | --- |
| `one(a)` gives | x | today |
| two | y | x today; the rest to come |
| three | z | to come |
"""


def excluded(text: str) -> dict[str, list[str]]:
    """The tests that the page names for each fault of the sketches."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]
    return {row[0]: re.findall(r"`(tests/[^`]+)`", row[2]) for row in rows if len(row) == 4 and "today" in row[-1]}


def present(text: str) -> list[str]:
    """The first cell of each row that says that something of it exists."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]
    return [row[0] for row in rows if "today" in row[-1]]


def complaints(rows: list[str], held: Mapping[str, tuple[str, ...]], tests: set[str]) -> Iterator[str]:
    """What is wrong: a row that no test holds, words of no row, a test that is not collected."""
    for row in rows:
        if sum(row.startswith(words) for words in held) != 1:
            yield f"no test is named for the row {row!r}"
    for words, named in held.items():
        if not any(row.startswith(words) for row in rows):
            yield f"no row of today begins with {words!r}"
        yield from (f"{words}: there is no {test}" for test in named if test not in tests)
        if not named:
            yield f"{words}: name a test"


def test_every_row_that_exists_today_is_held_by_tests_that_exist():
    named = {test for tests in HELD.values() for test in tests}
    tests = collected(test.split("::")[0] for test in named)
    assert list(complaints(present(PAGE.read_text("utf-8")), HELD, tests)) == []


def test_each_fault_of_the_sketches_names_a_test_that_excludes_it():
    found = excluded(PAGE.read_text("utf-8"))
    assert len(found) == 6
    for row, named in found.items():
        held = next(tests for words, tests in HELD.items() if row.startswith(words))
        assert named, row
        assert set(named) <= set(held)


def test_rows_to_come_need_no_test():
    assert present(SAMPLE) == ["`one(a)` gives", "two"]


@pytest.mark.parametrize(
    ("held", "complaint"),
    [
        ({"`one(": ("a",)}, "no test is named for the row 'two'"),
        ({"`one(": ("a",), "two": ("gone",)}, "two: there is no gone"),
        ({"`one(": ("a",), "two": ()}, "two: name a test"),
        ({"`one(": ("a",), "two": ("a",), "three": ("a",)}, "no row of today begins with 'three'"),
    ],
)
def test_a_row_without_a_test_is_found(held: dict[str, tuple[str, ...]], complaint: str):
    assert list(complaints(present(SAMPLE), held, {"a"})) == [complaint]
