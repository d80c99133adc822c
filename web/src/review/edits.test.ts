import { expect, test } from "vitest";
import type { Node } from "../api/types";
import { changes } from "../form/changes";
import { placed } from "./edits";

const root: Node = {
  path: "args", name: null, kind: "object",
  members: [
    { path: "args.amount", name: "amount", kind: "text", text: "1240.00" },
    { path: "args.items", name: "items", kind: "list", members: [{ path: "args.items[0]", name: null, kind: "number", text: "1" }] },
    { path: 'args["a/b"]', name: '"a/b"', kind: "text", text: "x" },
  ],
};
const raw = { amount: "1240.00", items: [1], "a/b": "x" };

test("an edit stands at the value that it replaces, whatever its key", () => {
  const edited = { amount: "620.00", items: [2], "a/b": "y" };
  expect([...placed(root, raw, changes(raw, edited)).at.keys()]).toEqual(["args.amount", "args.items[0]", 'args["a/b"]']);
});

test("what is new stands at no value, and is listed", () => {
  const { at, loose } = placed(root, raw, changes(raw, { ...raw, items: [1, 2], more: true }));
  expect(at.size).toBe(0);
  expect(loose.map((one) => one.path)).toEqual(["/items/1", "/more"]);
});

test("where the drawing and the arguments do not list the same members, nothing is placed by guess", () => {
  const other = { ...root, members: root.members?.toReversed() ?? [] };
  expect(placed(other, raw, changes(raw, { ...raw, amount: "1.00" })).at.size).toBe(0);
});
