import { expect, test } from "vitest";
import { Effort, ways } from "./effort";
import { fits, problems } from "./problems";
import type { Schema } from "./resolve";

test.each(["^(a+)+$", `${"a?".repeat(60)}${"a".repeat(60)}`, "a*".repeat(9), "^((ab|a)(c|bcd))*$", "(?:a|a)+b", "(a"])("%s is not looked for in a long text", (pattern) => {
  const text = `${"a".repeat(5000)}!`;
  expect(new Effort().affords(pattern, text)).toBe(false);
  expect(problems({ properties: { a: { pattern } } }, { a: text })).toEqual([]);
  expect(fits({}, { patternProperties: { [pattern]: { type: "integer" } } }, { [text]: 1 })).toBe(true);
});

test.each<[string, number]>([
  ["^[A-Z]{2}\\d{2}[A-Z0-9]{1,30}$", 31], ["^(-[0-9a-f]{4}){3}$", 1], ["^(?:ab)*$", 51], ["[*+?(]+", 51], ["\\(\\)\\*", 1], ["a*?b", 51], ["^(?!0*$)\\d+$", 2601],
])("%s can be tried in %i ways", (pattern, most) => {
  expect(ways(pattern, 50)).toBe(most);
});

test("what one look may spend is spent once", () => {
  const effort = new Effort();
  const found = Array.from({ length: 100 }, () => effort.affords("[a-z]+-[a-z]+", "x".repeat(50)));
  expect([found[0], found.at(-1)]).toEqual([true, false]);
});

test("a schema that means more places than can be visited ends", () => {
  const steps = Array.from({ length: 60 }, (_, at) => [`s${at}`, { allOf: [{ $ref: `#/$defs/s${at + 1}` }, { $ref: `#/$defs/s${at + 1}` }] }]);
  const schema = { $ref: "#/$defs/s0", $defs: { ...Object.fromEntries(steps), s60: { type: "object" } } } as Schema;
  expect(problems(schema, {})).toEqual([]);
});
