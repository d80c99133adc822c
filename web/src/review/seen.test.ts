import { expect, test } from "vitest";
import type { Node } from "../api/types";
import { around, byPath, left, walk } from "./seen";

const leaf = (path: string): Node => ({ path, name: path, kind: "text", text: "x" });
const list: Node = {
  path: "args.items", name: "items", kind: "list", members: [leaf("args.items[0]"), { ...leaf("args.items[1]"), fold: { head: "", tail: "", hidden: 9 } }],
  folded: { head: 1, tail: 0, hidden: 1 },
};
const root: Node = { path: "args", name: null, kind: "object", members: [leaf("args.item"), list] };

test("values are walked in the order in which they are read", () => {
  expect([...walk(root)].map((node) => node.path)).toEqual(["args", "args.item", "args.items", "args.items[0]", "args.items[1]"]);
});

test("what was not opened is left", () => {
  expect(left(["args.a", "args.b"], new Set(["args.a"]))).toEqual(["args.b"]);
});

test("a fold inside a folded list is reached through the list", () => {
  expect(around(root, "args.items[1]")).toEqual(["args.items"]);
  expect(around(root, "args.item")).toEqual([]);
});

test("flags stand at their places", () => {
  const flag = { code: "a", heading: "A", path: "args.x", text: "", part: "args" } as const;
  expect(byPath([flag, { ...flag, code: "b" }, { ...flag, path: "args.y" }]).get("args.x")?.map((one) => one.code)).toEqual(["a", "b"]);
});
