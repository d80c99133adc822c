"""What every store finds by its indexes: what waits, what could go on, and what was before."""

from ..store.protocol import Batch, Store, Stream
from .store_rows import TENANT, head, put, stream


class IndexContract:
    """Part of what every store promises."""

    def test_what_waits_in_a_run_is_found(self, store: Store) -> None:
        rows = [stream(f"act_{status}", "action", status, parent="run_1") for status in ("held", "unknown", "cleared")]
        put(store, Batch(head(1), [*rows, stream("act_else", parent="run_2")]))
        with store.read() as reader:
            assert {row.id for row in reader.page(TENANT, "action", parent="run_1")} == {"act_held", "act_unknown"}

    def test_what_people_refused_last_of_an_intent_is_found(self, store: Store) -> None:
        said = [(f"act_{at}", f'{{"intent":"int_1","answered_at":{at}}}') for at in (9, 10, 8)]
        never = ("act_0", '{"intent":"int_1","answered_at":null}')
        other = ("act_11", '{"intent":"int_2","answered_at":11}')
        rows = [
            stream(one, "action", "refused", parent="run_1")._replace(state=state)
            for one, state in (*said, never, other)
        ]
        put(store, Batch(head(1), rows))
        with store.read() as reader:
            assert [row.id for row in reader.refused(TENANT, "run_1", "int_1")] == ["act_10"]
            assert [row.id for row in reader.refused(TENANT, "run_1", "int_2")] == ["act_11"]
            assert reader.refused(TENANT, "run_2", "int_1") == []

    def test_what_an_agent_did_before_is_found_by_status_and_time(self, store: Store) -> None:
        def done(number: int, status: str, agent: str = "agt_1", name: str = "pay") -> Stream:
            state = f'{{"agent":"{agent}","name":"{name}"}}'
            return stream(f"act_{number}", "action", status, born=number)._replace(state=state)

        others = [done(7, "succeeded", "agt_2"), done(8, "succeeded", name="read")]
        rows = [done(one, "held" if one % 2 else "succeeded") for one in range(1, 7)]
        put(store, Batch(head(1), [*rows, *others, done(9, "refused")]))
        with store.read() as reader:
            found = reader.past(TENANT, "agt_1", "pay", ("held", "succeeded"), 3, 3)
            assert [row.id for row in found] == ["act_6", "act_5", "act_4"]
            assert [row.id for row in reader.past(TENANT, "agt_1", "pay", ("held",), 0, 9)] == [
                "act_5",
                "act_3",
                "act_1",
            ]
            assert [row.id for row in reader.past(TENANT, "agt_1", "pay", ("refused",), 0, 9)] == ["act_9"]
            assert reader.past(TENANT, "agt_3", "pay", ("held", "succeeded"), 0, 9) == []

    def test_the_newest_permissions_of_a_group_that_count_are_found(self, store: Store) -> None:
        rows = [stream(f"std_{at}", "standing", "present", parent="lik_1", born=at) for at in (8, 10, 9)]
        over = stream("std_over", "standing", "removed", parent="lik_1", born=11)
        other = stream("std_else", "standing", "present", parent="lik_2", born=12)
        put(store, Batch(head(1), [*rows, over, other]))
        with store.read() as reader:
            assert [row.id for row in reader.permissions(TENANT, "lik_1", 2)] == ["std_10", "std_9"]
            assert [row.id for row in reader.permissions(TENANT, "lik_2", 2)] == ["std_else"]

    def test_what_could_go_on_in_a_run_is_found(self, store: Store) -> None:
        going = [stream(f"act_{status}", "action", status, parent="run_1") for status in ("held", "cleared", "claimed")]
        over = [stream(f"act_{status}", "action", status, parent="run_1") for status in ("started", "refused")]
        runs = [stream("run_2", "run", "running", parent="run_1"), stream("run_3", "run", "finished", parent="run_1")]
        put(store, Batch(head(1), [*going, *over, *runs, stream("act_else", "action", "held", parent="run_2")]))
        with store.read() as reader:
            assert reader.inside(TENANT, "run_1", 9) == ["act_claimed", "act_cleared", "act_held", "run_2"]
            assert reader.inside(TENANT, "run_1", 2) == ["act_claimed", "act_cleared"]

    def test_what_could_go_on_or_goes_on_is_found_by_id(self, store: Store) -> None:
        states = ("held", "cleared", "claimed", "started", "refused", "succeeded", "unknown")
        actions = [stream(f"act_{at}", "action", status) for at, status in enumerate(states)]
        runs = [stream(f"run_{status}", "run", status) for status in ("running", "paused", "finished", "stopped")]
        put(store, Batch(head(1), [*actions, *runs, stream("rev_1", "review", "open")]))
        with store.read() as reader:
            found = [row.id for row in reader.going(TENANT, "", 9)]
            assert found == ["act_0", "act_1", "act_2", "act_3", "run_paused", "run_running"]
            assert [row.id for row in reader.going(TENANT, "act_1", 3)] == ["act_2", "act_3", "run_paused"]
