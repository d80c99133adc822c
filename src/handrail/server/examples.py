"""An example body for each operation that takes one; the tests send them."""

from typing import Any, Final

BODIES: Final[dict[str, Any]] = {
    "propose_action": {
        "name": "payments.refund",
        "args": {"order": "O-1001", "amount": "48.00"},
        "schema": {
            "type": "object",
            "properties": {"order": {"type": "string"}, "amount": {"type": "string"}},
            "required": ["order", "amount"],
            "additionalProperties": False,
        },
        "declared": {"pattern": "approval", "reviewers": ["group:treasury"], "within": "15m"},
        "context": {"ticket": "T-17"},
        "risk": "medium",
    },
    "ask_question": {"question": "Which supplier?", "options": ["a", "b"], "to": ["group:treasury"], "within": "1d"},
    "take_work": {
        "executor": "worker-1",
        "functions": [{"name": "payments.refund", "schema": "sha256:" + "0" * 64}],
        "most": 4,
    },
    "claim_action": {"executor": "worker-1"},
    "start_action": {"executor": "worker-1", "bind": "sha256:" + "0" * 64},
    "release_action": {"executor": "worker-1", "fence": 1},
    "renew_action": {"executor": "worker-1", "fence": 1},
    "settle_action": {"executor": "worker-1", "fence": 1, "outcome": "succeeded", "value": {"value": "refunded"}},
    "reconcile_action": {"found": "unclear"},
    "report_outcome": {"wrong": True, "note": "The customer had been refunded before."},
    "withdraw_action": {"note": "The customer has written again."},
    "delegate_review": {"to": "usr_" + "0" * 26, "note": "You know this customer."},
    "comment_review": {"text": "I am asking the customer."},
    "escalate_review": {"note": "Beyond what I may decide."},
    "decide_review": {"outcome": "approve", "view": "0" * 43, "note": "As agreed."},
    "revoke_review": {"note": "Wrong order."},
    "open_run": {"title": "nightly"},
    "note_run": {"error": "ConnectionError: the shop did not answer"},
    "stop_run": {"reason": "It mails customers who have left."},
    "create_key": {"agent": "support-agent", "owner": "user:ann", "scopes": ["propose"], "expires": "90d"},
    "rotate_key": {"overlap": "24h"},
    "put_agent": {"agent": "support-agent", "owner": "user:ann"},
    "put_policy": {"file": "rules:\n  - {action: db.drop, verdict: deny}\n", "dry_run": True},
    "put_people": {"file": "people:\n  - {handle: ann, groups: [treasury]}\n", "dry_run": True},
    "sign_in": {"name": "ann", "password": "correct horse battery", "use": "terminal"},
    "accept_invitation": {"secret": "hri_" + "0" * 49, "password": "correct horse battery"},
}
