import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Json } from "./json";
import { fits, type Problem, problems } from "./problems";
import type { Schema } from "./resolve";

interface Case {
  schema: Schema;
  value: Json;
  problems: Problem[];
}
const cases = JSON.parse(readFileSync(new URL("problems.json", import.meta.url), "utf8")) as Case[];

test.each(cases)("says what the server says: $schema, $value", ({ schema, value, problems: said }) => {
  expect(problems(schema, value)).toEqual(said);
  expect(fits(schema, schema, value)).toBe(said.length === 0);
});

test("a name that breaks its rule is named", () => {
  const schema = { type: "object", propertyNames: { minLength: 2 }, additionalProperties: { type: "integer" } };
  expect(problems(schema, { a: 1, bb: "x" })).toEqual([
    { path: "/a", text: "has a name that must have at least 2 characters", hint: "Change the name." },
    { path: "/bb", text: "must be a whole number, not text", hint: "Enter a whole number." },
  ]);
});

test("what only the server checks is passed over", () => {
  expect(problems({ not: {}, pattern: "(?P<a>x)" }, "y")).toEqual([]);
});

test("a schema that leads in circles ends", () => {
  expect(problems({ $ref: "#" }, 1)).toEqual([]);
});
