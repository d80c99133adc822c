"""What a script does to the vault, and to what is kept for consumers."""

from __future__ import annotations

from handrail.store.vault import Passkey, Subscription, Token
from tests.crash.script import Script


def everything(s: Script) -> None:
    """Each of its statements, and a consumer's cursor and lease."""
    with s.desk.store.write() as tx:
        tx.put_cursor("default", "decisions/agt_1/learner", 3)
        assert tx.hold("default", "decisions/agt_1/learner", "one", 0, 10, 99).fence == 1
    with s.desk.store.vault(write=True) as vault:
        for name in (b"one", b"two"):
            vault.drop(name)
            vault.put_token(Token(name, "session", "default", "usr_ann", 1, 1, 5, "password"))
        passkey = Passkey(b"one", "pky_1", "default", "usr_ann", b"key", 0, "phone", 1, 1)
        vault.drop_passkey("default", "usr_ann", "pky_1")
        vault.put_passkey(passkey)
        vault.use_passkey(passkey, 1, 2)
        vault.put_subscription(
            Subscription(b"one", "psh_1", "default", "usr_ann", "https://a.b/c", b"k", b"s", "pc", 1)
        )
        assert vault.subscriptions("default", "usr_ann")
        vault.drop_subscription("default", "usr_ann", "psh_1")
        vault.spend(Token(b"three", "challenge", "", "", 1, 1, 5, "none"))
        vault.touch(b"one", 2)
        vault.put_password("default", "usr_ann", "hash", 1)
        assert vault.token(b"one")
        assert [vault.passkey(b"one")] == vault.passkeys("default", "usr_ann")
        assert vault.password("default", "usr_ann")
        assert len(vault.tokens("default", "usr_ann", "session")) == 2
        assert vault.drop_all("default", "usr_ann", "session") == 2
        vault.sweep(10)
