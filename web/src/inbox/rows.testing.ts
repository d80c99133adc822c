import fc from "fast-check";
import type { Row, Who } from "../api/types";

/** A row for tests: an open approval, with what is given. */
export function row(given: Partial<Row> = {}): Row {
  return {
    id: "rev_a", v: 1, rev: 1, kind: "approval", cause: "held", status: "open", risk: "medium", reversible: null,
    name: "payments.refund", gist: "amount 620.00, currency USD", agent: { id: "agt_1", name: "agent:triage" }, owner: null, run: null,
    action: "act_a", action_status: "held", opened_at: 0, deadline: 3600e6, at_end: "reject", level: 0, levels: 1, level_until: 3600e6,
    asked: ["usr_ann"], barred: [], claimed_by: null, claim_until: null, votes: [], missing: 1, round: 1, comments: 0,
    flags: 0, unseen: 0, alike: null, error: null, failed: null, decision: null, turned_out: null, ...given,
  };
}

const who: fc.Arbitrary<Who> = fc.constantFrom({ id: "usr_ann", name: "user:ann" }, { id: "usr_ben", name: "user:ben" });

/** Any open row. */
export const anyRow: fc.Arbitrary<Row> = fc
  .record({
    id: fc.uuid(), v: fc.nat(), deadline: fc.nat(2e12), opened_at: fc.nat(2e12), flags: fc.nat(2), level: fc.nat(2),
    risk: fc.constantFrom("critical", "high", "medium", "unrated", "low"),
    kind: fc.constantFrom("approval", "check", "question", "exception", "sample"),
    name: fc.constantFrom("payments.refund", "payments.wire", "db.execute", "Über.prüfung"),
    gist: fc.string(),
    claimed_by: fc.option(who), votes: fc.array(who, { maxLength: 2 }),
    run: fc.option(fc.constant({ id: "run_1", name: "nightly" })),
    alike: fc.option(fc.constantFrom("x", "y")),
  })
  .map((given) => row(given as Partial<Row>));
