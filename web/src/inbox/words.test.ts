import { expect, test } from "vitest";
import type { Outcome } from "../api/types";
import { row } from "./rows.testing";
import { colour, ending, expected, kindOf, left, share, urgency } from "./words";

const BEN = { id: "usr_ben", name: "user:ben" };
const decided = (outcome: Outcome, edited = false) => row({ status: "decided", decision: { outcome, by: BEN, at: 1, effective_at: 1, effective: true, edited } });

test("how it ended is said, with who did it if a person did", () => {
  expect(ending(row())).toBe(null);
  expect(ending(decided("approve"))).toEqual({ words: "Approved by", by: "user:ben" });
  expect(ending(decided("approve", true))).toEqual({ words: "Approved with edits by", by: "user:ben" });
  expect(ending(decided("reject"))?.words).toBe("Rejected by");
  expect(ending(row({ status: "expired" }))).toEqual({ words: "Timed out: rejected", by: null });
  expect(ending(row({ status: "expired", at_end: "answer" }))?.words).toBe("Timed out: default answer");
  expect(ending(row({ status: "withdrawn" }))?.by).toBe(null);
});

test("each kind has its own name", () => {
  const kinds = ["approval", "check", "sample", "question", "exception"] as const;
  expect(kinds.map((kind) => kindOf(row({ kind })))).toEqual(["Approval", "Check", "Sample", "Question", "Exception"]);
  expect(kindOf(row({ kind: "exception", cause: "outcome_unknown" }))).toBe("Outcome unknown");
});

test("a review that reopened is not told as ended", () => {
  expect(ending({ ...decided("approve"), status: "open" })).toBe(null);
});

test("colours follow the outcome, and a time-out is no yes", () => {
  expect(colour(decided("approve"))).toBe("ok");
  expect(colour(decided("reject"))).toBe("bad");
  expect(colour(decided("send_back"))).toBe("");
  expect(colour(row({ status: "expired", at_end: "approve" }))).toBe("bad");
});

test.each([
  [-5, "0:00"], [1, "0:01"], [402e6, "6:42"], [900e6, "15:00"], [34 * 60e6 + 59e6, "34 min"], [125 * 60e6, "2 h 05"], [3 * 86_400e6, "3 d"],
])("%i µs left are %s", (micros, text) => expect(left(micros)).toBe(text));

test("time is calm until a quarter is left", () => {
  const at = (now: number): string => urgency(share(row({ opened_at: 0, deadline: 100 }), now));
  expect([at(0), at(74), at(75), at(89), at(90), at(200)]).toEqual(["", "", "soon", "soon", "hot", "hot"]);
  expect(share(row({ opened_at: 5, deadline: 5 }), 5)).toBe(0);
});

test("a wait is told short where it is known, and not at all where it is not", () => {
  const wait = { online: 1, position: 1, low: 1, likely: 2, high: 3, text: "about 12 min (7 to 20 min)" };
  expect(expected({ ...wait, known: "range" })).toBe("about 12 min");
  expect(expected({ ...wait, known: "too_few" })).toBe(null);
  expect(expected(undefined)).toBe(null);
});
