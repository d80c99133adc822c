import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { changes } from "./changes";
import { converted, initial } from "./initial";
import { at, isMembers, type Json, LARGEST, put, same } from "./json";
import { fieldsOf, layers, type Shape, shape, walk } from "./model";
import { fits, problems } from "./problems";
import type { Schema } from "./resolve";
import { readNumber, writeNumber } from "./scalars";
import { fromField, toField } from "./text";

interface Action {
  name: string;
  schema: Schema;
  args: Json;
}
const actions = JSON.parse(readFileSync(new URL("pydantic.json", import.meta.url), "utf8")) as Action[];

/** What a field would send for a value that nobody touched, made anew from what it shows. */
function untouched(found: Shape, value: Json): Json | undefined {
  if (found.kind === "text") return fromField(toField(value as string));
  if (found.kind === "number") return writeNumber(found.whole ? "integer" : "number", readNumber(value), typeof value === "number" && Math.abs(value) > LARGEST ? value : undefined);
  if (found.kind === "choice") return found.choices.find((choice) => same(choice, value)) ?? value;
  return value;
}

test.each(actions)("draws $name, changes nothing, and falls to raw JSON nowhere", ({ schema, args }) => {
  const places = [...walk(schema, schema, args)];
  expect(places.filter(({ shape: found }) => found.kind === "raw")).toEqual([]);
  expect(problems(schema, args)).toEqual([]);
  let value: Json = args;
  for (const place of places) {
    const again = untouched(place.shape, place.value);
    expect(JSON.stringify(again)).toBe(JSON.stringify(place.value));
    expect(typeof again).toBe(typeof place.value);
    value = put(value, place.path, again) as Json;
  }
  expect(JSON.stringify(value)).toBe(JSON.stringify(args));
});

test.each(actions)("begins $name with a value that is drawn", ({ schema }) => {
  const first = initial(schema, schema);
  expect([...walk(schema, schema, first)].filter(({ shape: found }) => found.kind === "raw")).toEqual([]);
});

const leaf = fc.oneof(
  fc.record({ schema: fc.constant<Schema>({ type: "string" }), value: fc.string({ unit: "binary" }) }),
  fc.record({ schema: fc.constant<Schema>({ type: "integer" }), value: fc.oneof(fc.maxSafeInteger(), fc.bigInt({ min: 2n ** 53n }).map(String)) }),
  fc.record({ schema: fc.constant<Schema>({ type: "number" }), value: fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true, max: 2 ** 53 - 1, min: -(2 ** 53) + 1 }), fc.constantFrom(1, -0, "1e+21", "9007199254740994.0")) }),
  fc.record({ schema: fc.constant<Schema>({ type: "boolean" }), value: fc.boolean() }),
  fc.record({ schema: fc.constant<Schema>({ type: "null" }), value: fc.constant(null) }),
  fc.record({ schema: fc.constant<Schema>({ enum: ["a", 1, "1", null, true] }), value: fc.constantFrom("a", 1, "1", null, true) }),
  fc.record({ schema: fc.constant<Schema>({ const: "x" }), value: fc.constant("x") }),
  fc.record({ schema: fc.constant<Schema>({ type: "string", format: "date" }), value: fc.constant("2026-11-22") }),
  fc.record({ schema: fc.constant<Schema>({}), value: fc.jsonValue() }),
  fc.record({ schema: fc.constant<Schema>({ not: { type: "string" } }), value: fc.integer() }),
) as fc.Arbitrary<{ schema: Schema; value: Json }>;

const pairs = fc.letrec<{ any: { schema: Schema; value: Json } }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    leaf,
    fc.dictionary(fc.string(), tie("any"), { maxKeys: 4 }).map((members) => ({
      schema: { type: "object", properties: Object.fromEntries(Object.entries(members).map(([key, each]) => [key, each.schema])), required: Object.keys(members) },
      value: Object.fromEntries(Object.entries(members).map(([key, each]) => [key, each.value])),
    })),
    fc.tuple(tie("any"), fc.array(fc.string(), { maxLength: 3 })).map(([one, keys]) => ({
      schema: { type: "object", additionalProperties: one.schema }, value: Object.fromEntries(keys.map((key) => [key, one.value])),
    })),
    fc.tuple(tie("any"), fc.nat(3)).map(([one, length]) => ({ schema: { type: "array", items: one.schema }, value: Array<Json>(length).fill(one.value) })),
    fc.array(tie("any"), { maxLength: 3, minLength: 1 }).map((some) => ({
      schema: { type: "array", prefixItems: some.map((one) => one.schema), minItems: some.length, maxItems: some.length }, value: some.map((one) => one.value),
    })),
    fc.tuple(tie("any"), fc.boolean()).map(([one, nothing]) => ({ schema: { anyOf: [one.schema, { type: "null" }] }, value: nothing ? null : one.value })),
    fc.tuple(tie("any"), tie("any"), fc.boolean()).map(([one, other, first]) => ({ schema: { anyOf: [one.schema, other.schema] }, value: first ? one.value : other.value })),
    tie("any").map((one) => ({ schema: { $defs: {}, allOf: [one.schema] }, value: one.value })),
  ),
})).any as fc.Arbitrary<{ schema: Schema; value: Json }>;

test("an untouched value is sent as it was, byte for byte", () => {
  fc.assert(
    fc.property(pairs, ({ schema, value }) => {
      let whole: Json = value;
      for (const place of walk(schema, schema, value)) {
        const again = untouched(place.shape, place.value);
        if (typeof place.value !== "object") expect(Object.is(again, place.value)).toBe(true);
        whole = put(whole, place.path, again) as Json;
      }
      expect(JSON.stringify(whole)).toBe(JSON.stringify(value));
    }),
    { numRuns: 1000 },
  );
});

test("what fits is drawn, and is not called a problem", () => {
  fc.assert(
    fc.property(pairs, ({ schema, value }) => {
      expect(fits(schema, schema, value)).toBe(true);
      for (const { shape: found } of walk(schema, schema, value)) {
        if (found.kind === "raw") expect(found.why).toContain("not");
      }
    }),
    { numRuns: 500 },
  );
});

test("an edit of one place changes that place alone", () => {
  fc.assert(
    fc.property(pairs, fc.nat(), ({ schema, value }, pick) => {
      const places = [...walk(schema, schema, value)].filter(({ shape: found }) => found.kind === "text" || found.kind === "number");
      const place = places[pick % places.length];
      if (!place) return;
      const edited = place.shape.kind === "text" ? `${String(place.value)}!` : 4711;
      const after = put(value, place.path, edited) as Json;
      expect(at(after, place.path)).toBe(edited);
      if (same(edited, place.value)) return;
      expect(changes(value, after).map(({ path }) => path).every((path) => place.path.startsWith(path) || path.startsWith(place.path))).toBe(true);
      expect(JSON.stringify(put(after, place.path, place.value))).toBe(JSON.stringify(value));
    }),
    { numRuns: 500 },
  );
});

test("42 stays a number and \"42\" a text, also where both may stand", () => {
  const both = { anyOf: [{ type: "integer" }, { type: "string" }] };
  const kinds = (value: Json): string[] => layers(both, both, value, []).map(({ kind }) => kind);
  expect(kinds(42)).toEqual(["union", "number"]);
  expect(kinds("42")).toEqual(["union", "text"]);
  expect(kinds("9007199254740993")).toEqual(["union", "number"]);
});

test("numbers are read as they were typed, big ones as text", () => {
  expect(writeNumber("integer", " 42 ")).toBe(42);
  expect(writeNumber("integer", "9007199254740993")).toBe("9007199254740993");
  expect(writeNumber("integer", "-0009007199254740993")).toBe("-9007199254740993");
  expect(writeNumber("integer", "4.0")).toBeUndefined();
  expect(writeNumber("integer", "0x10")).toBeUndefined();
  expect(writeNumber("number", "1e17")).toBe("1e+17");
  expect(writeNumber("number", "9007199254740994.0")).toBe("9007199254740994.0");
  expect(writeNumber("number", "1.")).toBeUndefined();
  expect(writeNumber("number", "1e999")).toBeUndefined();
  expect(writeNumber("number", "")).toBeUndefined();
  for (const text of ["1e+17", "1.5e+300", "9007199254740994.0"]) expect(writeNumber("number", text)).toBe(text);
});

test.each([
  [{ not: {} }, 1],
  [{ if: {}, then: {} }, 1],
  [{ allOf: [{}, {}] }, 1],
  [{ type: "object", properties: { a: {} }, patternProperties: { b: {} } }, {}],
  [{ $ref: "#/$defs/none" }, 1],
  [{ $ref: "#" }, 1],
  [{ $ref: "https://example.com/schema" }, 1],
  [{ type: "nonsense" }, 1],
  [{ type: "string" }, 42],
  [{ type: "integer" }, "42"],
  [{ type: "object" }, []],
  [{ anyOf: [{ type: "string" }, { type: "integer" }] }, {}],
  [{ type: "array", items: [{}] }, [1]],
  [{ type: "string", format: "base64url" }, "###"],
] as [Schema, Json][])("what cannot be drawn falls to JSON and says why: %j", (schema, value) => {
  const found = shape(schema, schema, value);
  expect(found.kind).toBe("raw");
  expect((found as { why: string }).why).toMatch(/\.$/);
});

test("only the member that cannot be drawn falls to JSON", () => {
  const schema = { type: "object", properties: { a: { type: "string" }, b: { not: {} }, c: { type: "integer" } } };
  expect([...walk(schema, schema, { a: "x", b: 1, c: "no" })].map(({ path, shape: found }) => [path, found.kind])).toEqual([
    ["", "object"], ["/a", "text"], ["/b", "raw"], ["/c", "raw"],
  ]);
});

test("members that the schema does not know are shown and flagged", () => {
  const schema = { type: "object", properties: { a: {} }, required: ["a", "c"] };
  const fields = (value: Json): unknown[] => {
    const found = shape(schema, schema, value);
    return found.kind === "object" && isMembers(value) ? fieldsOf(found.rule, found.open, value).map(({ key, known, given }) => [key, known, given]) : [];
  };
  expect(fields({ z: 1 })).toEqual([["z", false, true], ["a", true, false]]);
});

test("a discriminator chooses, also where another alternative would fit", () => {
  const schema = {
    $defs: { A: { type: "object", properties: { k: { type: "string" } } }, B: { type: "object", properties: { k: { const: "b" }, n: { type: "integer" } } } },
    oneOf: [{ $ref: "#/$defs/A" }, { $ref: "#/$defs/B" }], discriminator: { propertyName: "k", mapping: { a: "#/$defs/A", b: "#/$defs/B" } },
  };
  expect(shape(schema, schema, { k: "b", n: "broken" })).toMatchObject({ kind: "union", chosen: 1 });
});

test("another alternative names itself, also where its name has a default", () => {
  const cash = { type: "object", properties: { till: { type: "integer" }, kind: { const: "cash", default: "cash" } }, required: ["till"] };
  expect(initial(cash, cash)).toEqual({ kind: "cash", till: 0 });
});

test("another alternative keeps the members that fit it", () => {
  const b = { type: "object", properties: { k: { const: "b" }, name: { type: "string" }, n: { type: "integer" } }, required: ["k", "name", "n"] };
  expect(converted(b, b, { k: "a", name: "Ann", n: "x", other: 1 })).toEqual({ k: "b", name: "Ann", n: 0 });
});
