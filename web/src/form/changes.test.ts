import fc from "fast-check";
import { expect, test } from "vitest";
import { changes, placeWords, undone } from "./changes";
import { type Json, same } from "./json";
import { byWord } from "./stretches";

test("each difference is named by its place", () => {
  expect(changes({ a: 1, b: { c: "x" }, d: 4 }, { a: "1", b: { c: "y" }, e: 5 })).toEqual([
    { path: "/a", before: 1, after: "1" },
    { path: "/b/c", before: "x", after: "y" },
    { path: "/d", before: 4, after: undefined },
    { path: "/e", before: undefined, after: 5 },
  ]);
});

test("an item that is taken out changes no other", () => {
  expect(changes([1, 2, 3], [1, 3])).toEqual([{ path: "/1", before: 2, after: undefined }]);
  expect(changes([1, 3], [1, 2, 3])).toEqual([{ path: "/1", before: undefined, after: 2 }]);
});

test("equal values have no difference, and one place has one", () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => changes(value, structuredClone(value)).length === 0));
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.integer(), { minKeys: 1 }), fc.nat(), (value, pick) => {
      const keys = Object.keys(value);
      const key = keys[pick % keys.length] ?? "";
      const after = Object.fromEntries(Object.entries(value).map(([name, each]) => [name, name === key ? String(each) : each]));
      expect(changes(value, after).map(({ before, after: now }) => [before, now])).toEqual([[value[key], String(value[key])]]);
    }),
  );
});

test("taking all changes back gives what was there before", () => {
  const json = fc.letrec((tie) => ({
    value: fc.oneof({ maxDepth: 3 }, fc.constantFrom(0, 1, "1", "a", null, true), fc.array(tie("value"), { maxLength: 4 }), fc.dictionary(fc.constantFrom("a", "b", "c/d"), tie("value"))),
  })).value as fc.Arbitrary<Json>;
  fc.assert(
    fc.property(json, json, fc.nat(), (before, after, pick) => {
      let value = after;
      let steps = 0;
      for (let left = changes(before, value); left.length; left = changes(before, value)) {
        const change = left[pick % left.length];
        if (change) value = undone(before, value, change);
        expect((steps += 1)).toBeLessThan(100);
      }
      expect(same(value, before)).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test("a member that is put back stands where it stood", () => {
  const before = { a: 1, b: 2, c: 3 };
  const [change] = changes(before, { a: 1, c: 3 });
  expect(JSON.stringify(change && undone(before, { a: 1, c: 3 }, change))).toBe(JSON.stringify(before));
});

test("texts are compared by word, and nothing of them is lost", () => {
  expect(byWord("pay 500 to Ann", "pay 620 to Ann")).toEqual([
    { text: "pay ", change: "none" },
    { text: "500", change: "gone" },
    { text: "620", change: "new" },
    { text: " to Ann", change: "none" },
  ]);
  fc.assert(
    fc.property(fc.string(), fc.string(), (before, after) => {
      const parts = byWord(before, after);
      expect(parts.filter(({ change }) => change !== "new").map(({ text }) => text).join("")).toBe(before);
      expect(parts.filter(({ change }) => change !== "gone").map(({ text }) => text).join("")).toBe(after);
    }),
  );
});

test("places are said in words, items from one", () => {
  expect(placeWords({ lines: [{}, { price: 1 }] }, "/lines/1/price")).toBe("lines › #2 › price");
  expect(placeWords({ "0": 1 }, "/0")).toBe("0");
});
