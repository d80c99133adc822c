import fc from "fast-check";
import { expect, test } from "vitest";
import { pieces } from "./drawn";

test("signs stand apart, and a line ends behind its sign", () => {
  expect(pieces("a⏎b⟨U+202E⟩⇥")).toEqual([
    { text: "a", sign: false, ends: false },
    { text: "⏎", sign: true, ends: true },
    { text: "b", sign: false, ends: false },
    { text: "⟨U+202E⟩", sign: true, ends: false },
    { text: "⇥", sign: true, ends: false },
  ]);
});

test("nothing is lost", () => {
  fc.assert(fc.property(fc.string(), (text) => pieces(text).map((piece) => piece.text).join("") === text));
});
