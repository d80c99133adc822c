import { expect, test } from "vitest";
import { Sender } from "./sending";

test("the same command keeps its key until it was answered, another gets its own", () => {
  const sender = new Sender();
  const key = sender.keyFor("/a", { outcome: "approve" });
  expect(sender.keyFor("/a", { outcome: "approve" })).toBe(key);
  expect(sender.keyFor("/a", { outcome: "reject" })).not.toBe(key);
  expect(sender.keyFor("/b", { outcome: "reject" })).not.toBe(sender.keyFor("/a", { outcome: "reject" }));
});
