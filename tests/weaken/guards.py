"""The guards: what each promises, how it is taken out, and the tests that must then fail."""

from typing import Final

from .crashes import OF_A_CRASH
from .failures import OF_FAILURES
from .feedback import OF_FEEDBACK
from .ladders import OF_LADDERS
from .limits import OF_LIMITS
from .model import Edit, Guard
from .oversight import OF_OVERSIGHT
from .passkeys import OF_PASSKEYS
from .policies import OF_THE_POLICY
from .pushes import OF_PUSHES
from .runs import OF_RUNS
from .simulations import OF_THE_SIMULATION
from .stops import OF_STOPS
from .telling import OF_TELLING
from .wall import OF_THE_WALL
from .workers import OF_WORKERS

MATRIX: Final = "tests/server/test_matrix.py"
EXECUTION: Final = "action/execution.py"
VOTING: Final = "review/voting.py"
ACCESS: Final = "review/access.py"
BATCH: Final = "engine/batch.py"
SQLITE: Final = "store/sqlite.py"

OF_THE_ACTION: Final = (
    Guard(
        "bytes of others", "Who is asked about failures alone agrees to no new bytes of what others approve.",
        (Edit("engine/facts.py", "present = put_to(present, held.demand)", "pass"),),
        (
            "tests/gate/test_exceptions.py::test_bytes_of_who_is_asked_about_failures_alone_wait_for_those_who_approve",
            "tests/gate/test_exceptions.py::test_who_is_asked_about_failures_alone_does_not_agree_to_their_own_bytes",
        ),
    ),
    Guard(
        "pauses", "A failed attempt is not followed by the next one before its pause is over.",
        (
            Edit(
                EXECUTION,
                'facts.now < state.not_before:\n        raise NotReady("the last attempt failed, and',
                'False:\n        raise NotReady("the last attempt failed, and',
            ),
        ),
        ("tests/action/test_execution.py::test_after_a_failed_attempt_nobody_starts_before_the_next_one_is_due",),
    ),
    Guard(
        "binding", "Only the bytes that were approved start.",
        (Edit(EXECUTION, "if command.bind != grant.bind:", "if False:"),),
        ("tests/action/test_execution.py::test_other_bytes_than_the_granted_do_not_start",),
    ),
    Guard(
        "stored bytes", "The stored arguments are hashed again before they run, so a changed row runs nothing.",
        (Edit("engine/archive.py", "if found != state.grant.bind:", "if False:"),),
        ("tests/gate/test_bytes.py::test_arguments_that_were_changed_in_the_database_do_not_run",),
    ),
    Guard(
        "own start", "A call runs on the arguments of its own start, and not once somebody else goes on with it.",
        (Edit(EXECUTION, 'if (state.status, state.bind, state.fence) != ("started", bind, fence):', "if False:"),),
        ("tests/gate/test_stored_arguments.py::test_what_was_edited_after_a_start_runs_under_its_own_start_alone",),
    ),
    Guard(
        "fencing", "An executor that was replaced neither starts nor settles.",
        (
            Edit(
                EXECUTION, "if (executor, fence, facts.actor.id) != (state.executor, state.fence, state.holder):",
                "if executor != state.executor:",
            ),
        ),
        ("tests/action/test_execution.py::test_who_is_fenced_off_neither_starts_nor_settles",),
    ),
    Guard(
        "lease at the start", "Nothing starts under a claim whose lease has ended.",
        (Edit(EXECUTION, "    if facts.lease is None or facts.lease <= facts.now:", "    if False:"),),
        ("tests/action/test_execution.py::test_a_lease_that_ended_before_the_start_starts_nothing",),
    ),
    Guard(
        "lease at the end", "A report after the lease's end counts no more, also before anybody noticed it.",
        (
            Edit(
                EXECUTION, 'state.status != "started" or facts.lease is None or facts.lease <= facts.now',
                'state.status != "started"',
            ),
        ),
        ("tests/action/test_execution.py::test_a_report_after_the_lease_is_refused_also_before_the_sweeper_ran",),
    ),
    Guard(
        "end of the grant", "An approval that ran out starts nothing.",
        (Edit(EXECUTION, "if state.grant.expires_at <= facts.now:\n        raise", "if False:\n        raise"),),
        ("tests/action/test_execution.py::test_a_grant_that_ran_out_starts_nothing_also_before_the_sweeper_ran",),
    ),
    Guard(
        "runs that wait as a whole", "While one action of such a run waits for people, no other starts.",
        (Edit(EXECUTION, "if facts.blocked:\n        raise", "if False:\n        raise"),),
        ("tests/action/test_execution.py::test_a_run_that_waits_as_a_whole_starts_nothing_while_one_action_is_held",),
    ),
    Guard(
        "only the agent executes", "Only the agent that proposed an action, or a key of that scope, executes it.",
        (
            Edit(
                EXECUTION,
                'if facts.actor.kind != "agent" or not (facts.actor.id == state.agent or facts.actor.executes):',
                "if False:",
            ),
        ),
        ("tests/action/test_execution.py::test_only_the_proposing_agent_executes",),
    ),
    Guard(
        "only the holder reports", "Of two agents with one executor's name, the one that started the call reports.",
        (Edit(EXECUTION, "state.fence, state.holder)", "state.fence, facts.actor.id)"),),
        ("tests/action/test_execution.py::test_a_worker_that_may_execute_others_actions_does_and_alone_reports",),
    ),
    Guard(
        "only reviews decide", "Nobody says to an action what only its review may say.",
        (Edit("action/lifecycle.py", '    if facts.actor.kind != "system":\n', "    if False:\n"),),
        ("tests/action/test_lifecycle.py::test_only_the_engine_says_what_a_review_means",),
    ),
)  # fmt: skip

OF_THE_REVIEW: Final = (
    Guard(
        "barred", "Who asked for an action, or answers for its agent, never decides it.",
        (
            Edit(ACCESS, "if actor.id in people.forbidden(review):", "if False:"),
            Edit(ACCESS, "return frozenset(found) - self.forbidden(review)", "return frozenset(found)"),
        ),
        ("tests/review/test_access.py::test_the_barred_and_the_unasked_do_not_decide",),
    ),
    Guard(
        "who is barred", "The person linked to the agent's owner is barred, whatever group they are in.",
        (
            Edit(
                ACCESS, "directory.makers(agent) | directory.same(owner) | directory.same(started)",
                "frozenset()",
            ),
        ),
        ("tests/engine/test_people.py::test_who_answers_for_the_agent_does_not_decide_its_actions",),
    ),
    Guard(
        "who made a key", "Whoever has seen a key of the agent is barred: they can ask in its name.",
        (Edit(ACCESS, "directory.makers(agent) | ", ""),),
        ("tests/server/test_self_approval.py::test_nobody_approves_their_own_request",),
    ),
    Guard(
        "agents never decide", "An agent's key decides nothing, whatever id it carries.",
        (Edit(ACCESS, 'if actor.kind != "human":', "if False:"),),
        ("tests/review/test_access.py::test_a_person_with_an_agents_id_gains_nothing",),
    ),
    Guard(
        "deadline", "A decision after the deadline is refused, also before anybody noticed the deadline.",
        (
            Edit(
                "review/lifecycle.py",
                '"expired" or (state.status in OPEN and state.deadline <= now)',
                '"expired"',
            ),
        ),
        ("tests/review/test_voting.py::test_a_late_vote_is_refused_also_before_the_sweeper_ran",),
    ),
    Guard(
        "one vote each", "Nobody fills two places of a quorum.",
        (Edit(VOTING, "actor.id == vote.by or place == (vote.instead or vote.by) for", "False for"),),
        ("tests/review/test_voting.py::test_two_approvals_need_two_people",),
    ),
    Guard(
        "quorum across roles", "Each role's place is filled by a person of that role, not by any person.",
        (
            Edit(
                "policy/quorum.py", "return filled if len(filled) == sum(count for _, count in quorum) else None",
                "n = sum(count for _, count in quorum)\n"
                "    return dict(enumerate(sorted(voters)[:n])) if len(voters) >= n else None",
            ),
        ),
        ("tests/review/test_voting.py::test_each_person_fills_one_place_of_the_roles",),
    ),
    Guard(
        "stale view", "A decision counts only for what the person saw.",
        (Edit(VOTING, "if command.view != state.view:", "if False:"),),
        ("tests/review/test_voting.py::test_a_decision_names_the_view_that_stands",),
    ),
    Guard(
        "unseen folds", "What would run is approved only once every folded part of it was opened.",
        (Edit(VOTING, "    _require_seen(command, facts)\n", ""),),
        (
            "tests/review/test_voting.py::test_what_would_run_is_not_approved_unless_it_was_seen_whole",
            "tests/server/test_unseen.py::test_a_program_that_approves_without_opening_is_refused",
        ),
    ),
    Guard(
        "folds of the stored view", "Which parts are folded is read from the stored view, in the transaction.",
        (Edit("engine/facts.py", "if command.outcome in COLLECTED:", "if False:"),),
        ("tests/server/test_unseen.py::test_a_program_that_approves_without_opening_is_refused",),
    ),
    Guard(
        "edits void votes", "A vote for other bytes does not count for edited ones.",
        (
            Edit(
                VOTING, '"votes": (Vote(by.id, by.auth, event.seats, sealed.at, event.instead),)',
                '"votes": (*state.votes, Vote(by.id, by.auth, event.seats, sealed.at))',
            ),
        ),
        ("tests/review/test_voting.py::test_an_edit_voids_the_votes_and_counts_as_the_editors",),
    ),
    Guard(
        "end of the undo window", "A decision that has taken effect is not taken back.",
        (Edit(VOTING, "if state.effective or decision.effective_at <= facts.now:", "if state.effective:"),),
        ("tests/review/test_voting.py::test_after_the_window_the_decision_stands_also_before_the_sweeper_ran",),
    ),
)  # fmt: skip

OF_THE_LOG: Final = (
    Guard(
        "one entry each", "Every change of a state has its entry.",
        (Edit(BATCH, "[row.entry for row in rows]", "[row.entry for row in rows[:-1]]"),),
        ("tests/engine/test_log.py::test_every_change_has_its_entry_and_the_log_gives_the_states_back",),
    ),
    Guard(
        "one transaction", "Entry, state and head are written together or not at all.",
        (
            Edit(
                SQLITE, "        many(sql.PUT_STREAM,",
                '        self._cursor.execute("COMMIT; BEGIN IMMEDIATE")\n        many(sql.PUT_STREAM,',
            ),
        ),
        ("tests/engine/test_log.py::test_a_commit_that_fails_halfway_leaves_nothing_behind",),
    ),
    Guard(
        "head of the tree", "The log's head is the Merkle tree over all its entries.",
        (Edit(BATCH, "(row.entry.leaf for row in self._rows)", "(row.entry.leaf for row in self._rows[1:])"),),
        ("tests/engine/test_log.py::test_the_head_is_the_tree_over_all_entries",),
    ),
    Guard(
        "append only", "The database itself refuses to delete entries.",
        (Edit("store/migrations/sqlite/0001_initial.sql", "raise(ABORT, 'entries are never deleted')", "1"),),
        ("tests/store/test_sqlite.py::test_the_file_itself_refuses_to_change_the_log",),
    ),
    Guard(
        "refusals are told", "Who is refused what they may not do leaves an entry.",
        (Edit(BATCH, "if isinstance(error, Refused) and error.recorded:", "if False:"),),
        ("tests/engine/test_log.py::test_a_refusal_is_an_entry_of_its_own",),
    ),
)  # fmt: skip

OF_THE_CALL: Final = (
    Guard(
        "one question at a time", "What is typed on a terminal is for the review that was drawn last.",
        (Edit("gate/asking.py", "with _terminal.setdefault(os.getpid(), threading.Lock()):", "if True:"),),
        ("tests/e2e/test_asking.py::test_of_calls_that_wait_together_one_asks_after_the_other",),
    ),
    Guard(
        "command ids", "A command that is repeated gets the first answer and does nothing.",
        (
            Edit(
                BATCH, "self._answers.get(request.id) or self._known.get(request.id)", "self._answers.get(request.id)",
            ),
        ),
        ("tests/engine/test_repeats.py::test_a_repeated_command_gets_the_first_answer_and_does_nothing",),
    ),
    Guard(
        "command content", "A command id that comes with another content is a conflict.",
        (Edit(BATCH, "if kept.mac != mac:", "if False:"),),
        ("tests/engine/test_repeats.py::test_the_same_command_id_with_another_content_is_a_conflict",),
    ),
    Guard(
        "call identity", "A restarted run finds its calls again instead of making them twice.",
        (Edit(BATCH, "self._calls.get(key) or self._tx.call(self.tenant, key)", "self._calls.get(key)"),),
        (
            "tests/gate/test_places.py::test_a_run_that_is_entered_again_makes_no_call_twice",
            "tests/gate/test_approval.py::test_the_same_key_finds_the_call_again_and_refuses_other_arguments",
        ),
    ),
    Guard(
        "equal calls", "Two equal calls of one run are two calls.",
        (Edit("gate/scope.py", "self.seen[action, args] += 1", "pass"),),
        ("tests/gate/test_places.py::test_two_equal_calls_in_a_run_are_two",),
    ),
    Guard(
        "round trip", "A value that would come back changed is refused before anybody is asked.",
        (Edit("codec/typed_values.py", "if not same(value, after):", "if False:"),),
        ("tests/codec/test_schema.py::test_what_would_not_come_back_is_refused_by_name",),
    ),
    Guard(
        "agent text is escaped", "What an agent writes cannot hide, move or imitate what a person reads.",
        (Edit("view/escape.py", "if not char.isprintable() or char in _BLANK or char in _OWN:", "if char in _OWN:"),),
        ("tests/view/test_escape.py::test_what_is_drawn_holds_nothing_that_hides_moves_or_commands",),
    ),
)  # fmt: skip

OF_THE_STORE: Final = (
    Guard(
        "writers' queue", "Writers of one file queue on its lock before they begin.",
        (Edit("store/lock.py", "fcntl.flock(file, fcntl.LOCK_EX)", "pass"),),
        ("tests/store/test_lock.py::test_who_writes_holds_the_lock_and_lets_go_of_it",),
    ),
    Guard(
        "read to the end", "No look at the database holds on to what it saw, and none blocks the next write.",
        (
            Edit(
                SQLITE, "rows = self._all(statement, *values)\n        return rows[0] if rows else None",
                "return next(self._cursor.execute(statement, values), None)",
            ),
        ),
        (
            "tests/store/test_sqlite.py::test_every_change_by_another_moves_the_version_whatever_was_read_before",
            "tests/store/test_sqlite.py::test_a_look_inside_a_transaction_does_not_block_the_next_one",
        ),
    ),
    Guard(
        "caches are checked", "A process decides on what stands in the database, not on what it remembers.",
        (Edit("engine/reads.py", "elif head.size != self.size and self.states:", "elif False:"),),
        ("tests/engine/test_people.py::test_two_processes_do_not_decide_the_same_review_twice",),
    ),
)  # fmt: skip

OF_THE_SERVER: Final = (
    Guard(
        "who may use a route", "A person does what one of their roles allows, and nothing else.",
        (Edit("server/rights.py", "elif route.permission not in caller.permissions:", "elif False:"),),
        (f"{MATRIX}::test_nobody_does_what_they_may_not_and_everybody_what_they_may",),
    ),
    Guard(
        "the rule of each route", "A route that becomes open to others is noticed.",
        (Edit("wire/routes.py", '"Directory", None, None, "read"', '"Directory", None, "any", "read"'),),
        (f"{MATRIX}::test_nobody_does_what_they_may_not_and_everybody_what_they_may",),
    ),
    Guard(
        "others' things", "To an agent the things of others are not there.",
        (
            Edit(
                "server/rights.py", "if state is None or (caller.is_agent and not _own(service, caller, state)):",
                "if state is None:",
            ),
        ),
        (f"{MATRIX}::test_what_is_not_theirs_is_not_there",),
    ),
    Guard(
        "token of the session", "A browser's unsafe request repeats the token that only our own page knows.",
        (Edit("server/rights.py", "if not hmac.compare_digest(", "if False and not hmac.compare_digest("),),
        ("tests/server/test_browsers.py::test_what_another_site_sends_is_refused_on_every_unsafe_route",),
    ),
    Guard(
        "the old session", "Signing in ends the session that the browser came with.",
        (
            Edit(
                "server/people.py",
                'await asyncio.to_thread(service.accounts.sign_out, request.cookies.get(name, ""))\n'
                "    response.set_cookie(",
                "response.set_cookie(",
            ),
        ),
        ("tests/server/test_browsers.py::test_signing_in_ends_the_session_that_the_browser_came_with",),
    ),
    Guard(
        "the end of a stream", "Who may not read any more is not told another word.",
        (Edit("server/hub.py", " and await how.may():", ":"),),
        ("tests/server/test_stream.py::test_following_is_no_use_of_a_session_and_ends_with_it",),
    ),
    Guard(
        "the end of a check", "A schema cannot keep a check of an edit going for as long as its agent likes.",
        (Edit("codec/effort.py", "    if left.visits < 0:", "    if False:"),),
        ("tests/codec/test_edits.py::test_many_choices_for_many_items_are_refused_rather_than_all_compared",),
    ),
    Guard(
        "time for a body", "A body that does not come is not waited for.",
        (Edit("server/exchange.py", "async with asyncio.timeout(seconds):", "async with asyncio.timeout(None):"),),
        ("tests/server/test_connections.py::test_half_a_body_that_stalls_is_told_so_and_cut",),
    ),
    Guard(
        "one reading", "A request whose end two readers could see in two places is refused.",
        (
            Edit(
                "server/edge.py", 'if b"content-length" in names and b"transfer-encoding" in names:', "if False:",
            ),
        ),
        ("tests/server/test_connections.py::test_what_can_be_read_in_two_ways_is_not_read",),
    ),
)  # fmt: skip

GUARDS: Final = (
    *OF_THE_ACTION, *OF_THE_REVIEW, *OF_THE_LOG, *OF_THE_CALL, *OF_THE_POLICY, *OF_THE_STORE, *OF_THE_SERVER,
    *OF_WORKERS, *OF_THE_WALL, *OF_RUNS, *OF_OVERSIGHT, *OF_LADDERS, *OF_LIMITS, *OF_STOPS, *OF_FAILURES, *OF_FEEDBACK,
    *OF_PASSKEYS, *OF_PUSHES, *OF_TELLING, *OF_A_CRASH, *OF_THE_SIMULATION,
)  # fmt: skip
