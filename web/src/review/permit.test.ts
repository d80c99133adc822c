import { expect, test } from "vitest";
import { termsOf } from "./permit";

test("all arguments the same is said by naming none", () => {
  expect(termsOf(["a", "b"], ["b", "a"], "1d", null)).toEqual({ lasts: "1d" });
});

test("some are named in the order of the parameters, also none of them", () => {
  expect(termsOf(["a", "b", "c"], ["c", "a"], "2h", 5)).toEqual({ lasts: "2h", times: 5, fixed: ["a", "c"] });
  expect(termsOf(["a"], [], "1d", undefined)).toEqual({ lasts: "1d", fixed: [] });
});

test.each([0, -1, 1.5, 100_001, Number.NaN])("%s times cannot be meant", (times) => {
  expect(termsOf([], [], "1d", times)).toBeNull();
});
