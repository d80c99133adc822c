"""The guards of passkeys."""

from typing import Final

from .model import Edit, Guard

PASSKEYS: Final = "server/auth/passkeys.py"
TESTS: Final = "tests/server/test_passkeys.py"
OF_PASSKEYS: Final = (
    Guard(
        "challenges of one's own", "A passkey answers a challenge that this database gave, for that purpose.",
        (Edit(PASSKEYS, "not hmac.compare_digest(seal, self._seal(purpose, body))", "False"),),
        (
            f"{TESTS}::test_what_is_not_right_in_every_part_lets_nobody_in_and_is_told_alike",
            f"{TESTS}::test_a_challenge_for_another_purpose_or_session_adds_nothing",
        ),
    ),
    Guard(
        "one answer", "A challenge lets in once.",
        (
            Edit(
                PASSKEYS, "            if not vault.spend(self._spent(challenge)):\n                raise _wrong()",
                "            vault.spend(self._spent(challenge))",
            ),
            Edit(
                PASSKEYS, "if not vault.use_passkey(passkey, found.new_sign_count, self._now):",
                "vault.use_passkey(passkey, found.new_sign_count, self._now)\n            if False:",
            ),
        ),
        (f"{TESTS}::test_a_challenge_is_good_once_also_for_two_at_a_time_and_for_five_minutes",),
    ),
    Guard(
        "old challenges", "A challenge ends.",
        (Edit(PASSKEYS, 'if int.from_bytes(body[_NONCE:], "big") <= self._now:', "if False:"),),
        (f"{TESTS}::test_a_challenge_is_good_once_also_for_two_at_a_time_and_for_five_minutes",),
    ),
    Guard(
        "the owner of a passkey", "A passkey lets in whom its device calls its owner.",
        (
            Edit(
                PASSKEYS,
                "passkey is None or not hmac.compare_digest(\n            given.user_handle, "
                "self._user_handle(passkey.tenant, passkey.person)\n        )",
                "passkey is None",
            ),
        ),
        (f"{TESTS}::test_what_is_not_right_in_every_part_lets_nobody_in_and_is_told_alike",),
    ),
    Guard(
        "verified by the device", "A device that did not verify its person lets nobody in.",
        (
            Edit(
                PASSKEYS,
                "credential_current_sign_count=passkey.counter,\n            require_user_verification=True",
                "credential_current_sign_count=passkey.counter,\n            require_user_verification=False",
            ),
        ),
        (f"{TESTS}::test_what_is_not_right_in_every_part_lets_nobody_in_and_is_told_alike",),
    ),
    Guard(
        "recent sign-in", "Only who signed in lately adds a passkey.",
        (Edit(PASSKEYS, "self._now - caller.session.since > RECENT", "False"),),
        (f"{TESTS}::test_only_who_signed_in_lately_adds_one",),
    ),
    Guard(
        "sessions of a removed passkey", "Removing a passkey ends the sessions that it began.",
        (Edit(PASSKEYS, "        self._accounts.end_sessions_of(caller.tenant, me, id_)", "        pass"),),
        (f"{TESTS}::test_a_removed_passkey_lets_nobody_in_and_ends_the_sessions_that_it_began",),
    ),
)  # fmt: skip
