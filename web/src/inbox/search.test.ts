import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Row } from "../api/types";
import { anyRow, row } from "./rows.testing";
import { FIELDS, type Query, terms, understand, written } from "./search";

const READER = { me: "usr_ann", now: 0 };

function finds(query: string, one: Row): boolean {
  const understood = understand(query);
  if (!understood.ok) throw new Error(understood.problem);
  return understood.test(one, READER);
}

function problem(query: Query): string {
  return query.ok ? "" : query.problem;
}

const word = fc.constantFrom(
  "risk:high", "risk:>=medium", "risk:<low", "tool:payments.*", "tool:*.wire", "agent:triage", "is:claimed", "is:mine", "due:<15m",
  "due:>2h", "kind:question", "run:nightly", "flag:any", "refund", '"currency USD"', "ÜBER",
);

describe("what the language says", () => {
  test.each([
    ["risk:high", row({ risk: "high" }), row({ risk: "critical" })],
    ["risk:>=high", row({ risk: "critical" }), row({ risk: "medium" })],
    ["risk:<medium", row({ risk: "unrated" }), row({ risk: "medium" })],
    ["tool:payments.*", row(), row({ name: "repayments.refund" })],
    ["tool:*.refund", row(), row({ name: "payments.refunds" })],
    ["tool:refund", row(), row({ name: "db.execute" })],
    ['tool:"payments.refund"', row(), row({ name: "payments.refund_all" })],
    ["agent:TRIAGE", row(), row({ agent: { id: "agt_2", name: "agent:ops" } })],
    ["is:wrong", row({ turned_out: "wrong" }), row({ turned_out: "right" })],
    ["is:unclaimed", row(), row({ claimed_by: { id: "usr_ben", name: "user:ben" } })],
    ["is:mine", row({ claimed_by: { id: "usr_ann", name: "user:ann" } }), row({ claimed_by: { id: "usr_ben", name: "user:ben" } })],
    ["due:<15m", row({ deadline: 14 * 60e6 }), row({ deadline: 16 * 60e6 })],
    ["due:>1.5h", row({ deadline: 2 * 3600e6 }), row({ deadline: 3600e6 })],
    ["due:2d", row({ deadline: 86_400e6 }), row({ deadline: 3 * 86_400e6 })],
    ["kind:question", row({ kind: "question" }), row()],
    ["run:night", row({ run: { id: "run_1", name: "nightly" } }), row()],
    ["flag:any", row({ flags: 2 }), row()],
    ["flag:none", row(), row({ flags: 1 })],
    ["REFUND 620", row(), row({ gist: "amount 7" })],
    ['"620.00, currency"', row(), row({ gist: "620.00 and currency" })],
    ["-is:claimed", row(), row({ claimed_by: { id: "usr_ben", name: "user:ben" } })],
    ['-"currency USD"', row({ gist: "EUR" }), row()],
  ])("%s", (query, yes, no) => {
    expect(finds(query, yes)).toBe(true);
    expect(finds(query, no)).toBe(false);
  });

  test("every example that is shown is understood", () => {
    for (const field of Object.values(FIELDS)) expect(problem(understand(field.example))).toBe("");
  });

  test("what is half written hides nothing", () => {
    for (const query of ["", " ", "risk:", "-is:", 'tool:"']) expect(finds(query, row())).toBe(true);
  });

  test.each([
    ["colour:red", "no field “colour”"],
    ["risk:huge", "no risk"],
    ["due:soon", "no time"],
    ["is:asleep", "cannot be"],
    ["is:constructor", "cannot be"],
    ["constructor:x", "no field"],
    ["kind:joke", "no kind"],
    ["flag:maybe", "says nothing"],
    ["risk:high https://example.com", "quotation marks"],
  ])("%s is told, and not searched for", (query, says) => expect(problem(understand(query))).toContain(says));
});

describe("whatever is typed", () => {
  test("is read without failing, and comes back as it was read", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.array(fc.oneof(word, fc.string({ maxLength: 4 }))).map((all) => all.join(" "))), (query) => {
        understand(query);
        expect(terms(written(terms(query)))).toEqual(terms(query));
      }),
    );
  });

  test("a minus turns it round", () => {
    fc.assert(fc.property(word, anyRow, (query, one) => finds(`-${query}`, one) !== finds(query, one)));
  });

  test("several parts have to be true at once, in any order", () => {
    fc.assert(
      fc.property(word, word, anyRow, (one, other, found) => {
        expect(finds(`${one} ${other}`, found)).toBe(finds(one, found) && finds(other, found));
        expect(finds(`${other} ${one}`, found)).toBe(finds(`${one} ${other}`, found));
      }),
    );
  });

  test("a word in quotation marks is that word", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }).filter((text) => !text.includes('"')), fc.string(), (text, rest) => {
        expect(finds(`"${text}"`, row({ gist: rest + text }))).toBe(true);
      }),
    );
  });

  test("stars stand for anything, at once even in a hostile name", () => {
    const name = "a".repeat(200);
    expect(finds(`tool:${"*a".repeat(60)}*b`, row({ name }))).toBe(false);
    expect(finds(`tool:${"*a".repeat(60)}*`, row({ name }))).toBe(true);
    expect(finds("tool:aa*aa", row({ name: "aaa" }))).toBe(false);
  });
});
