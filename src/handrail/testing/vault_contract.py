"""What every store promises of its vault."""

import pytest

from ..store.protocol import Store
from ..store.vault import Passkey, Subscription, Token
from .store_rows import TENANT


class VaultContract:
    """A part of the suite that is run on every store."""

    def test_a_secret_is_kept_by_its_hash_until_it_is_dropped_or_ends(self, store: Store) -> None:
        tokens = [Token(b"%d" % n, "session", TENANT, "usr_1", n, n, until, "local") for n, until in enumerate((9, 5))]
        with store.vault(write=True) as vault:
            for one in tokens:
                vault.put_token(one)
            vault.touch(b"1", 7)
            vault.touch(b"1", 3)
        with store.vault() as vault:
            assert vault.token(b"0") == tokens[0]
            assert vault.tokens(TENANT, "usr_1", "session") == [tokens[0], tokens[1]._replace(seen=7)]
            assert vault.tokens("other", "usr_1", "session") == vault.tokens(TENANT, "usr_1", "link") == []
        with store.vault(write=True) as vault:
            vault.sweep(5)
            assert vault.token(b"1") is None
            assert [vault.drop(b"0"), vault.drop(b"0")] == [True, False]
            for one in tokens:
                vault.put_token(one)
            assert [vault.drop_all(TENANT, "usr_1", "session") for _ in range(2)] == [2, 0]

    def test_a_password_is_replaced_and_a_broken_transaction_keeps_the_old_one(self, store: Store) -> None:
        with store.vault(write=True) as vault:
            vault.put_password(TENANT, "usr_1", "first", 1)
            vault.put_password(TENANT, "usr_1", "second", 2)
        with pytest.raises(ZeroDivisionError), store.vault(write=True) as vault:
            vault.put_password(TENANT, "usr_1", "third", 3)
            raise ZeroDivisionError
        with store.vault() as vault:
            assert vault.password(TENANT, "usr_1") == "second"
            assert vault.password("other", "usr_1") is None

    def test_a_passkey_is_kept_until_it_is_dropped_and_its_counter_moves_once(self, store: Store) -> None:
        kept = [Passkey(b"%d" % n, f"pky_{n}", TENANT, "usr_1", b"key", n, "phone", n, n) for n in range(2)]
        with store.vault(write=True) as vault:
            for one in kept:
                vault.put_passkey(one)
        with store.vault() as vault:
            assert vault.passkey(b"1") == kept[1]
            assert vault.passkeys(TENANT, "usr_1") == kept
            assert vault.passkeys("other", "usr_1") == vault.passkeys(TENANT, "usr_2") == []
        with store.vault(write=True) as vault:
            assert [vault.use_passkey(kept[0], 5, 9), vault.use_passkey(kept[0], 6, 9)] == [True, False]
            assert vault.passkey(b"0") == kept[0]._replace(counter=5, seen=9)
            assert not vault.drop_passkey("other", "usr_1", "pky_0")
            assert not vault.drop_passkey(TENANT, "usr_2", "pky_0")
            assert [vault.drop_passkey(TENANT, "usr_1", "pky_0") for _ in range(2)] == [True, False]
            assert vault.passkey(b"0") is None

    def test_a_subscription_is_of_whoever_used_the_browser_last(self, store: Store) -> None:
        ann = Subscription(b"1", "psh_1", TENANT, "usr_1", "https://push.example/1", b"key", b"secret", "phone", 1)
        other, ben = ann._replace(digest=b"2", id="psh_2", born=2), ann._replace(person="usr_2", born=3)
        with store.vault(write=True) as vault:
            for one in (other, ann):
                vault.put_subscription(one)
            assert vault.subscriptions(TENANT, "usr_1") == [ann, other]
            vault.put_subscription(ben)
        with store.vault() as vault:
            assert vault.subscriptions(TENANT, "usr_1") == [other]
            assert vault.subscriptions(TENANT, "usr_2") == [ben]
            assert vault.subscriptions("other", "usr_2") == []
        with store.vault(write=True) as vault:
            assert not vault.drop_subscription(TENANT, "usr_1", "psh_1")
            assert [vault.drop_subscription(TENANT, "usr_2", "psh_1") for _ in range(2)] == [True, False]

    def test_what_may_come_once_comes_once(self, store: Store) -> None:
        token = Token(b"1", "challenge", "", "", 1, 1, 9, "none")
        for expected in (True, False):
            with store.vault(write=True) as vault:
                assert vault.spend(token) is expected
