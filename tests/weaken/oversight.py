"""The guards of the process that does a watched run's work: it holds, ends, cleans up and reports as it is asked to."""

from typing import Final

from .model import Edit, Guard

SUPERVISION: Final = "patterns/oversight/supervision.py"
WATCHED: Final = "tests/gate/test_oversight.py::"
OF_OVERSIGHT: Final = (
    Guard(
        "paused steps", "No step begins while the run is paused.",
        (Edit(SUPERVISION, 'if asked is None or (midway and asked.kind == "pause"):', "if True:"),),
        (
            WATCHED + "test_a_pause_holds_before_the_next_step_and_is_confirmed",
            WATCHED + "test_a_stop_ends_it_for_good_with_the_reason",
        ),
    ),
    Guard(
        "runs around", "A run hears what people ask of the run around it.",
        (Edit("patterns/oversight/watching.py", "(run_id, *around)", "(run_id,)"),),
        (WATCHED + "test_a_run_inside_hears_of_the_run_around_it",),
    ),
    Guard(
        "monitors at each step", "No step begins beyond the limit of a monitor.",
        (Edit("patterns/oversight/progress.py", "if self._counted:", "if False:"),),
        ("tests/gate/test_monitors.py::test_a_monitor_pauses_the_run_by_what_it_reports",),
    ),
    Guard(
        "programs for good", "A program that ignores the polite signal is killed, with all that it started.",
        (Edit("patterns/oversight/child.py", "self._over.wait(GRACE)\n        self._signal(_KILL)", "pass"),),
        ("tests/e2e/test_watched.py::test_a_stop_from_elsewhere_ends_a_program_with_all_that_it_started",),
    ),
    Guard(
        "cancelled tasks", "A stop cancels the task where it awaits.",
        (Edit("patterns/oversight/tasks.py", "                task.cancel()", "                pass"),),
        ("tests/gate/test_oversight_tasks.py::test_a_stop_cancels_the_step_and_all_that_it_awaits",),
    ),
    Guard(
        "clean-ups that fail", "A clean-up that fails keeps no other from being done.",
        (Edit("gate/cleanups.py", "if not isinstance(error, Exception | Stopped):", "if True:"),),
        ("tests/gate/test_cleanups.py::test_clean_up_runs_backwards_after_a_stop_and_each_is_recorded",),
    ),
    Guard(
        "forked reports", "After a fork nothing is reported twice.",
        (Edit(SUPERVISION, "if self._process != os.getpid():", "if False:"),),
        ("tests/e2e/test_watched.py::test_a_forked_process_reports_for_itself_and_nothing_twice",),
    ),
    Guard(
        "secrets in reports", "A secret in a result is not reported.",
        (Edit("gate/reports.py", "if len(text) > VALUE or conceal(text).text != text:", "if len(text) > VALUE:"),),
        ("tests/gate/test_oversight_reports.py::test_a_secret_in_a_result_is_not_reported",),
    ),
    Guard(
        "absent databases", "What is reported while the database is away is kept, in order.",
        (Edit("gate/reports.py", "self._waiting.extendleft(reversed(batch))", "pass"),),
        ("tests/gate/test_oversight_reports.py::test_what_an_absent_database_did_not_take_is_sent_later_in_order",),
    ),
)  # fmt: skip
