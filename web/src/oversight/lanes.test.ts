import fc from "fast-check";
import { expect, test } from "vitest";
import type { Card } from "../api/types";
import { card } from "./cards.testing";
import { path, SHOWN, spans } from "./lanes";

const MINUTE = 60e6;
const NOW = 100 * MINUTE;

test("what lies between what it did is thought, since it began", () => {
  const lanes: Card["lanes"] = [
    { kind: "step", begin: NOW - 4 * MINUTE, end: NOW - 3 * MINUTE }, { kind: "failed", begin: NOW - 2 * MINUTE, end: null },
  ];
  const found = spans(card({ opened_at: NOW - 5 * MINUTE, lanes }), NOW);
  expect(found).toEqual([
    { kind: "think", from: 0.5, to: 0.6 }, { kind: "think", from: 0.7, to: 0.8 }, { kind: "step", from: 0.6, to: 0.7 },
    { kind: "failed", from: 0.8, to: 1 },
  ]);
});

test("what ended stands as it was when it ended", () => {
  const found = spans(card({ ended_at: NOW - MINUTE, opened_at: NOW - 2 * MINUTE, lanes: [{ kind: "step", begin: NOW - 2 * MINUTE, end: NOW - MINUTE }] }), NOW);
  expect(found).toEqual([{ kind: "step", from: 0.9, to: 1 }]);
});

test("no bar is outside, and none is too thin to be seen", () => {
  const lane = fc.record({ kind: fc.constantFrom("step" as const, "failed" as const, "person" as const, "paused" as const), begin: fc.integer({ min: NOW - 2 * SHOWN, max: NOW }), lasts: fc.option(fc.nat(SHOWN)) });
  fc.assert(
    fc.property(fc.array(lane), (given) => {
      const lanes = given.map(({ kind, begin, lasts }) => ({ kind, begin, end: lasts === null ? null : Math.min(NOW, begin + lasts) }));
      for (const { from, to } of spans(card({ lanes }), NOW)) {
        expect(from).toBeGreaterThanOrEqual(0);
        expect(to).toBeLessThanOrEqual(1);
        expect(to - from).toBeGreaterThan(0.003);
      }
    }),
  );
});

test("a path has one bar for each span of its kind", () => {
  const all = [{ kind: "step" as const, from: 0, to: 0.5 }, { kind: "think" as const, from: 0.5, to: 1 }];
  expect(path(all, "step", 100)).toBe("M0.0 15h50.0v9h-50.0z");
  expect(path(all, "failed", 100)).toBe("");
});
