"""The guards against crashes, power cuts, wrong clocks and outages."""

from typing import Final

from .model import Edit, Guard

SQLITE: Final = "store/sqlite.py"
POWER: Final = "tests/crash/test_power.py::test_a_power_cut_at_any_moment_loses_nothing_that_was_acknowledged"

FAILOVER: Final = (
    "tests/store/test_failover.py::test_when_a_standby_takes_over_nothing_acknowledged_is_lost_and_everything_goes_on"
)

OF_A_CRASH: Final = (
    Guard(
        "durable commits", "A commit is on the disk before it is acknowledged.",
        (Edit(SQLITE, "PRAGMA synchronous = FULL", "PRAGMA synchronous = NORMAL"),),
        (POWER,),
    ),
    Guard(
        "settings of a file", "Every setting of a connection takes effect before its first use.",
        (Edit(SQLITE, "connection.execute(settings).fetchall()", "connection.execute(settings)"),),
        ("tests/crash/test_points.py::test_every_point_of_the_code_is_reached",),
    ),
    Guard(
        "a crash while a file is made", "A file that a crash left with a journal is opened again.",
        (Edit("store/migrate.py", "except apsw.ReadOnlyError:", "except ZeroDivisionError:"),),
        ("tests/store/test_sqlite.py::test_a_file_that_a_crash_left_with_a_journal_is_opened",),
    ),
    Guard(
        "first answers", "Who repeats a command after a crash gets the first answer, and nothing happens twice.",
        (Edit("engine/batch.py", "answers=list(self._answers.values())", "answers=[]"),),
        ("tests/crash/test_points.py::test_a_death_at_any_point_changes_nothing",),
    ),
    Guard(
        "time behind the log", "After a clock that was ahead, time goes on, and whoever waits is released.",
        (
            Edit(
                "engine/timers.py", "return max(self._read(self._clock.now(), mono), self._after(mono))",
                "return self._read(self._clock.now(), mono)",
            ),
        ),
        ("tests/engine/test_time.py::test_whoever_waits_behind_a_clock_that_went_back_is_released",),
    ),
    Guard(
        "the database's time", "On PostgreSQL its time counts, and not that of the machine.",
        (Edit("embedded/__init__.py", "(ToldClock() if is_remote(path) else SystemClock())", "SystemClock()"),),
        ("tests/crash/test_clocks.py::test_two_nodes_five_minutes_apart_agree_by_the_databases_time",),
    ),
    Guard(
        "only the primary", "Decisions are read and written where changes are taken, also while a standby takes over.",
        (Edit("store/postgres_link.py", '"any" if self._standby else "read-write"', '"any"'),),
        (FAILOVER,),
    ),
    Guard(
        "waits that outlast", "Who begins to wait while the database is away goes on once it is back.",
        (Edit("engine/outage.py", "    while time.monotonic() < end:", "    while False:"),),
        ("tests/crash/test_outages.py::test_who_begins_to_wait_while_it_is_away_is_told_once_it_is_back",),
    ),
)  # fmt: skip
