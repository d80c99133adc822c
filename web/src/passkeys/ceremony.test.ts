import { expect, test } from "vitest";
import { bytes, text } from "./ceremony";

test("bytes of any length and value come back from their text", () => {
  for (let length = 0; length < 9; length++) {
    const given = Uint8Array.from({ length }, (_, at) => 255 - 37 * at);
    expect(text(given.buffer)).toMatch(/^[A-Za-z0-9_-]*$/);
    expect([...bytes(text(given.buffer))]).toEqual([...given]);
  }
});

test("the text is what the standard says", () => {
  expect(text(Uint8Array.of(251, 255, 191).buffer)).toBe("-_-_");
});
