import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { fromField, hidden, toField, visible, visibleJson } from "./text";

const cases = JSON.parse(readFileSync(new URL("escapes.json", import.meta.url), "utf8")) as { text: string; drawn: string }[];
const any = fc.string({ unit: fc.oneof(fc.constantFrom("⟨", "⟩", "⏎", "⇥", "\n", "\t", "\r", "\u200b", "\u202e", "U", "+", "2", "0", " ", "\u0301", "\ud800"), fc.string({ unit: "binary", minLength: 1, maxLength: 1 })) });

test.each(cases)("draws as Python does: $drawn", ({ text, drawn }) => {
  expect(visible(text)).toBe(drawn);
});

test("what a field shows means exactly the text", () => {
  fc.assert(fc.property(any, (text) => { expect(fromField(toField(text))).toBe(text); }), { numRuns: 2000 });
  fc.assert(fc.property(any, (text) => { expect(fromField(visible(text))).toBe(text); }));
});

test("a field shows nothing that an input would change", () => {
  fc.assert(fc.property(any, (text) => { expect(toField(text)).not.toMatch(/[\r\t\0]/); }));
});

test("editing beside a hidden character leaves it as it is", () => {
  fc.assert(fc.property(any, any, (before, after) => {
    expect(fromField(`${toField(before)}x${toField(after)}`)).toBe(`${before}x${after}`);
  }));
});

test("what is no whole escape stands for itself", () => {
  expect(fromField("⟨U+20⟩⟨U+FFFFFFF⟩⟨a⟩⟨U+110000⟩⟨U+0041⟩")).toBe("⟨U+20⟩⟨U+FFFFFFF⟩⟨a⟩⟨U+110000⟩A");
});

test("hidden characters are counted, line breaks and signs are not", () => {
  expect(hidden("a\n\t⟨⏎")).toBe(0);
  expect(hidden("a\u200b\r\u202e")).toBe(3);
});

test("JSON with drawn escapes means the same", () => {
  fc.assert(fc.property(any, (text) => { expect(JSON.parse(visibleJson(JSON.stringify([text], null, 2)))).toEqual([text]); }));
  expect(visibleJson('["\u202e\u{e0041}"]')).toBe('["\\u202e\\udb40\\udc41"]');
});
