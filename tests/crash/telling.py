"""A scenario of people who are told: what the log causes, and everything that a sender does with the outbox."""

from handrail.directory.telling import Tell, Telling, telling_text
from handrail.store.outbox import Notice
from tests.crash.script import Script, review

TELLING = telling_text(Telling((Tell("mail", "ann@example.com"),)))


def told(s: Script) -> None:
    """Somebody is asked and told; a message goes out, one is tried again, one is dead and waits again."""
    ann = s.employ("ann", telling=TELLING)
    s.propose("act_1", reviewers=("group:team",))
    s.decide(review("act_1"), who=ann)
    now = s.clock.now()
    with s.desk.store.outbox(write=True) as box:
        box.put("default", [Notice("rev_1", 1, "asked", 0, "mail", "usr_ann", now, now) for _ in range(5)])
        rows = box.due("mail", now, 9)
        box.about("default", "rev_1", "mail")
        box.next_due("mail")
        for one, due_at in zip(rows, (now + 5, None), strict=False):
            box.failed(one.id, due_at, "away")
        box.redrive("mail", now)
        box.move([one.id for one in rows[2:3]], now)
        box.sent([one.id for one in rows[3:4]], now)
        box.drop([one.id for one in rows[4:5]])
        box.sent_since("default", "mail", "usr_ann", 0)
        box.counts()
