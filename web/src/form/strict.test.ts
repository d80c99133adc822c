import fc from "fast-check";
import { expect, test } from "vitest";
import { read } from "./strict";

const flaw = (text: string): string => {
  const found = read(text);
  return "flaw" in found ? `${found.flaw.line}:${found.flaw.column} ${found.flaw.text}` : JSON.stringify(found.value);
};

test("all JSON is read as it is", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(0, 2), (value, space) => {
      const text = JSON.stringify(value, null, space);
      const found = read(text);
      if ("flaw" in found) expect(found.flaw.text).toMatch(/round|surrogate|nested/);
      else expect(JSON.stringify(found.value)).toBe(JSON.stringify(value));
    }),
  );
});

test("whatever is refused by others is refused, and nothing is read differently", () => {
  const parts = fc.constantFrom("{", "}", "[", "]", ",", ":", '"a"', '"b"', "1", "-0", "1.5e3", "true", "null", " ", "\n", "01", "tru", '"', "\\", "'", "+1", ".5", "1.");
  fc.assert(
    fc.property(fc.array(parts, { maxLength: 12 }), (some) => {
      const text = some.join("");
      let value: unknown;
      try {
        value = JSON.parse(text);
      } catch {
        expect("flaw" in read(text)).toBe(true);
        return;
      }
      const found = read(text);
      if ("flaw" in found) expect(found.flaw.text).toMatch(/twice|round|hold/);
      else expect(found.value).toEqual(value);
    }),
    { numRuns: 2000 },
  );
});

test("the place and what to write instead are said", () => {
  expect(flaw('{\n  "a": 1,\n  "a": 2\n}')).toBe('3:3 The key "a" is in this object twice. Keep one.');
  expect(flaw('{"n": 9007199254740993}')).toBe('1:7 Other readers would round a number beyond 2^53. Write it as text: "9007199254740993"');
  expect(flaw("1e17")).toContain('Write it as text: "1e17"');
  expect(flaw("1e400")).toContain("No reader can hold");
  expect(flaw("[1, 2,]")).toBe("1:7 A comma stands behind the last item. Remove it.");
  expect(flaw("[1 2]")).toBe("1:4 A comma or ] is missing before this.");
  expect(flaw("{a: 1}")).toBe('1:2 A key in double quotes has to stand here, such as "name".');
  expect(flaw("[True]")).toBe("1:2 JSON does not know True. Write true");
  expect(flaw("[NaN]")).toBe("1:2 JSON does not know NaN. Write null");
  expect(flaw("['a']")).toBe('1:2 Text stands between double quotes. Write " instead.');
  expect(flaw("[1] // no")).toBe("1:5 Nothing may follow the value. Remove this.");
  expect(flaw('["a\n"]')).toContain("1:2 This text is not closed.");
  expect(flaw("[")).toBe("1:1 This bracket is not closed. Write ] where it ends.");
  expect(flaw("")).toBe("1:1 A value is missing here. Write one, or null.");
  expect(flaw('"\\ud800"')).toContain("lone surrogate");
  expect(flaw("[".repeat(65))).toContain("More than 64 levels");
  expect(flaw("toString")).toContain("does not know this word");
});

test("large numbers that readers keep are read", () => {
  expect(flaw("1e21")).toBe("1e+21");
  expect(flaw("9007199254740991")).toBe("9007199254740991");
  expect(Object.is((read("-0") as { value: unknown }).value, -0)).toBe(true);
});
