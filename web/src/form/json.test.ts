import fc from "fast-check";
import { expect, test } from "vitest";
import { at, type Json, put, renamed, same, spelled, withMember } from "./json";

test("types are told apart, the order of members is not", () => {
  expect(same(42, "42")).toBe(false);
  expect(same(null, undefined)).toBe(false);
  expect(same([], {})).toBe(false);
  expect(same({ a: 1, b: [2] }, { b: [2], a: 1 })).toBe(true);
  expect(same({ a: undefined }, { b: undefined })).toBe(false);
});

test("a member called __proto__ is a member", () => {
  const value = JSON.parse('{"__proto__":1,"a":2}') as { [key: string]: Json };
  expect(JSON.stringify(withMember(value, "a", 3))).toBe('{"__proto__":1,"a":3}');
  expect(JSON.stringify(put(value, "/__proto__", 5))).toBe('{"__proto__":5,"a":2}');
  expect(JSON.stringify(renamed(value, "a", "b"))).toBe('{"__proto__":1,"b":2}');
});

test("keys with slashes and tildes are found again", () => {
  expect(at({ "a/b~": { "": 1 } }, "/a~1b~0/")).toBe(1);
  expect(put({ "a/b~": { "": 1 } }, "/a~1b~0/", 2)).toEqual({ "a/b~": { "": 2 } });
});

test("what is put is there, and nothing else changes", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.array(fc.jsonValue())), fc.jsonValue(), (value, given) => {
      for (const key of Object.keys(value)) {
        const path = `/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
        const after = put(value as Json, path, given as Json) as { [key: string]: Json };
        expect(after[key]).toBe(given);
        expect(Object.keys(after)).toEqual(Object.keys(value));
        expect(Object.keys(after).filter((other) => other !== key).every((other) => after[other] === (value as typeof after)[other])).toBe(true);
      }
    }),
  );
});

test("values are spelled alike exactly where they are the same", () => {
  const value = fc.jsonValue() as fc.Arbitrary<Json>;
  fc.assert(fc.property(value, value, (a, b) => (spelled(a) === spelled(b)) === same(a, b)));
  expect(spelled({ b: [1, { d: 2, c: 1 }], a: "1" })).toBe(spelled({ a: "1", b: [1, { c: 1, d: 2 }] }));
  expect(spelled(["a,b"])).not.toBe(spelled(["a", "b"]));
});
