import fc from "fast-check";
import { expect, test } from "vitest";
import { anyCard, card } from "./cards.testing";
import { later } from "../live/frames";
import { arrange, counts, NEEDS, place } from "./order";

const ids = (cards: { id: string }[]) => cards.map((one) => one.id);

test("what needs people comes first, then what is older; what ended stands behind, the last one first", () => {
  const cards = [
    card({ id: "old", opened_at: 1 }), card({ id: "new", opened_at: 9 }), card({ id: "paused", need: "waiting", opened_at: 5 }),
    card({ id: "failed", need: "stuck", status: "failed", ended_at: 8 }), card({ id: "lost", need: "stuck", opened_at: 7 }),
    card({ id: "done", need: "ended", status: "finished", ended_at: 4 }), card({ id: "later", need: "ended", status: "stopped", ended_at: 6 }),
  ];
  expect(ids(arrange(cards, "need"))).toEqual(["lost", "failed", "paused", "old", "new", "later", "done"]);
});

test("by cost the dearest comes first, by age the newest", () => {
  const cards = [card({ id: "a", spend: 1, opened_at: 3 }), card({ id: "b", spend: 5, opened_at: 1 })];
  expect(ids(arrange(cards, "cost"))).toEqual(["b", "a"]);
  expect(ids(arrange(cards, "newest"))).toEqual(["a", "b"]);
});

test("every order is one, whatever the order before", () => {
  fc.assert(
    fc.property(fc.uniqueArray(anyCard, { selector: (one) => one.id }), fc.constantFrom("need" as const, "newest" as const, "cost" as const), (cards, order) => {
      const arranged = ids(arrange(cards, order));
      expect(ids(arrange([...cards].reverse(), order))).toEqual(arranged);
      expect(new Set(arranged).size).toBe(cards.length);
    }),
  );
});

test("what does not move a card leaves its place as it is", () => {
  const one = card({ spend: 1 });
  expect(place({ ...one, spend: 2, steps: 3, v: 9 }, "need")).toBe(place(one, "need"));
  expect(place({ ...one, spend: 2 }, "cost")).not.toBe(place(one, "cost"));
  expect(place({ ...one, need: "stuck" }, "need")).not.toBe(place(one, "need"));
});

test("the later reading holds", () => {
  const [old, fresh] = [card({ v: 1 }), card({ v: 2 })];
  expect(later(undefined, old)).toBe(old);
  expect(later(old, fresh)).toBe(fresh);
  expect(later(fresh, old)).toBe(fresh);
});

test("each run is counted once", () => {
  fc.assert(fc.property(fc.array(anyCard), (cards) => Object.values(counts(cards)).reduce((sum, one) => sum + one, 0) === cards.length));
  expect(Object.keys(counts([]))).toEqual([...NEEDS]);
});
