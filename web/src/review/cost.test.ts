import { expect, test } from "vitest";
import { names, stands, stepOf } from "./cost";

test.each([
  ["low", "at once"],
  ["medium", "at once"],
  ["unrated", "at once"],
  ["high", "confirm"],
  ["critical", "type"],
])("what lets bytes run costs more with %s risk", (risk, step) => {
  expect(["approve", "edit", "retry", "answer"].map((outcome) => stepOf(outcome, risk))).toEqual([step, step, step, step]);
});

test("a no always needs a reason, and sending back always a note", () => {
  for (const risk of ["low", "critical"]) {
    expect(stepOf("reject", risk)).toBe("reason");
    expect(stepOf("abort", risk)).toBe("reason");
    expect(stepOf("send_back", risk)).toBe("note");
  }
});

test("what ends an exception is never one key", () => {
  for (const outcome of ["supply", "skip", "happened", "not_happened"]) expect(stepOf(outcome, "low")).toBe("confirm");
});

test("only the whole name is the name", () => {
  expect(names(" iam.grant ", "iam.grant")).toBe(true);
  expect(names("iam.gran", "iam.grant")).toBe(false);
  expect(names("", "iam.grant")).toBe(false);
});

test("what was chosen before an edit does not let the unedited bytes run, nor the other way round", () => {
  expect([stands("approve", "approve"), stands("edit", "edit"), stands("retry", "retry")]).toEqual([true, true, true]);
  expect([stands("approve", "edit"), stands("retry", "edit"), stands("edit", "approve")]).toEqual([false, false, false]);
  expect([stands("reject", "edit"), stands("answer", "answer"), stands("supply", "retry")]).toEqual([true, true, true]);
});
