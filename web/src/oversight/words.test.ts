import { expect, test } from "vitest";
import type { Card } from "../api/types";
import { card } from "./cards.testing";
import { asked, budget, chip, done, money, monitor, short, why } from "./words";

const SUE = { id: "usr_sue", name: "user:sue" };
const control = (kind: "pause" | "stop" | "resume", confirmed_at: number | null): Card["control"] => ({ kind, rev: 2, at: 1e6, by: SUE, confirmed_at });

test("a chip says what is unusual, the worst first", () => {
  expect(chip(card())).toBe(null);
  expect(chip(card({ asking: 1 }))?.words).toBe("Waiting");
  expect(chip(card({ asking: 3 }))?.words).toBe("3 waiting");
  expect(chip(card({ status: "paused" }))?.words).toBe("Paused");
  expect(chip(card({ status: "paused", alarm: "repeated" }))).toMatchObject({ words: "Loop", tone: "bad" });
  expect(chip(card({ status: "paused", alarm: "spend", lost: true }))?.words).toBe("Lost");
  expect(chip(card({ status: "failed", lost: true }))?.words).toBe("Failed");
});

test("why a run needs people is said in a sentence, and nothing where it does not", () => {
  expect(why(card())).toBe(null);
  expect(why(card({ status: "paused" }))).toBe(null);
  for (const alarm of ["spend", "steps", "duration", "repeated", "errors", "silence", "unattended"] as const) {
    expect(why(card({ status: "paused", alarm }))).toMatch(/\.$/);
  }
  expect(why(card({ status: "stopped" }))).toBe(null);
  expect(why(card({ status: "stopped", cleanups: { waits: 0, done: 1, failed: 0, lost: 1 } }))).toMatch(/cleaned up/);
});

test("what was asked is told until it is confirmed, with how long that took", () => {
  expect(asked(card(), 9e6)).toBe(null);
  expect(asked(card({ control: control("resume", null) }), 9e6)).toBe(null);
  expect(asked(card({ control: control("stop", null) }), 9e6)).toEqual({ words: "Stop asked by sue, not confirmed for 0:08", waits: true });
  expect(asked(card({ control: control("pause", 1.4e6) }), 9e6)).toEqual({ words: "Pause asked by sue, confirmed in 0.4 s", waits: false });
});

test("a limit that was passed once is measured against the next time it speaks", () => {
  const spend = { kind: "spend" as const, limit: 4e6 };
  expect(budget(card())).toBe(null);
  expect(budget(card({ spend: 3e6, monitors: [{ ...spend, spoken: 0 }] }))).toEqual({ used: 0.75, limit: 4e6 });
  expect(budget(card({ spend: 4e6, status: "paused", alarm: "spend", monitors: [{ ...spend, spoken: 1 }] }))).toEqual({ used: 1, limit: 4e6 });
  expect(budget(card({ spend: 6e6, monitors: [{ ...spend, spoken: 1 }] }))).toEqual({ used: 0.75, limit: 8e6 });
});

test("amounts and spans are short", () => {
  expect([0, 4_610_000, 1_234_500_000, 1_200].map(money)).toEqual(["0.00", "4.61", "1,234.50", "0.0012"]);
  expect([40_000, 12e6, 600e6].map(short)).toEqual(["0.0 s", "12 s", "10 min"]);
  expect(done(card({ steps: 1, errors: 2, tokens: 212_000 }))).toBe("1 step, 2 errors, 212k tokens");
  expect(monitor("repeated", 5)).toBe("makes the same call 5 times in a row");
});
