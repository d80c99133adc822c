"""The guards of pushes."""

from typing import Final

from .model import Edit, Guard

PUSH: Final = "notify/channels/push.py"
OF_PUSHES: Final = (
    Guard(
        "browsers that are gone", "A browser that is subscribed no more is forgotten.",
        (Edit(PUSH, "vault.drop_subscription(one.tenant, one.person, one.id)", "pass"),),
        ("tests/notify/test_push.py::test_a_browser_that_is_subscribed_no_more_is_forgotten_and_the_others_hear",),
    ),
    Guard(
        "pushes on the public network", "A push reaches this machine only where the operator says so.",
        (Edit(PUSH, "Guarded(loopback=service.loopback)", "Guarded(loopback=True)"),),
        ("tests/notify/test_push.py::test_without_the_operators_word_nothing_on_this_machine_is_reached",),
    ),
    Guard(
        "pushes that failed", "A push that no browser took is tried again, or dead.",
        (Edit(PUSH, "        if not taken:\n            raise failed", "        pass"),),
        ("tests/notify/test_push.py::test_where_one_service_is_away_and_another_refuses_it_is_tried_again",),
    ),
    Guard(
        "one's own browsers", "Nobody ends the pushes of another person.",
        (
            Edit("store/sqlite_vault.py",
                 "DELETE FROM subscriptions WHERE tenant = ? AND person = ? AND id = ?",
                 "DELETE FROM subscriptions WHERE tenant = ? AND ? IS NOT NULL AND id = ?"),
        ),
        ("tests/server/test_push.py::test_a_browser_is_its_persons_own_and_belongs_to_whoever_used_it_last",),
    ),
)  # fmt: skip
