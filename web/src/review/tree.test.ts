import { expect, test } from "vitest";
import type { Node } from "../api/types";
import { brief, compare, ends } from "./tree";

const text = (path: string, text: string, rest: Partial<Node> = {}): Node => ({ path, name: path, kind: "text", text, ...rest });
const object = (...members: Node[]): Node => ({ path: "args", name: null, kind: "object", members });

test("changed, new and gone values are told apart", () => {
  const before = object(text("args.a", "1"), text("args.b", "2"), text("args.c", "3"));
  const after = object(text("args.a", "1"), text("args.b", "9"), text("args.d", "4"));
  const { changed, gone } = compare(before, after);
  expect([...changed.keys()]).toEqual(["args.b", "args.d"]);
  expect(changed.get("args.b")?.before?.text).toBe("2");
  expect(changed.get("args.d")?.before).toBeNull();
  expect(gone.get("args")?.map((node) => node.path)).toEqual(["args.c"]);
});

test("the text of a number and the same text differ", () => {
  expect(compare(object(text("args.a", "42")), object({ ...text("args.a", "42"), kind: "number" })).changed.size).toBe(1);
});

test("a covered value that the server says was edited is marked, though it looks the same", () => {
  const one = object(text("args.token", "⟨secret⟩", { masked: true }));
  expect(compare(one, one).changed.size).toBe(0);
  expect([...compare(one, one, ["args.token"]).changed.keys()]).toEqual(["args.token"]);
});

test("a folded container shows its ends until it is opened", () => {
  const members = Array.from({ length: 10 }, (_, at) => text(`args[${at}]`, String(at)));
  const node: Node = { path: "args", name: null, kind: "list", members, folded: { head: 2, tail: 3, hidden: 5 } };
  expect(ends(node, false).head.length + ends(node, false).hidden + ends(node, false).tail.length).toBe(10);
  expect(ends(node, false).tail.map((one) => one.text)).toEqual(["7", "8", "9"]);
  expect(ends(node, true)).toEqual({ head: members, hidden: 0, tail: [] });
});

test("only short lists of bare values stand on one line", () => {
  const list = (...members: Node[]): Node => ({ path: "args", name: null, kind: "list", members });
  expect(brief(list(text("args[0]", "a"), text("args[1]", "b")))).toBe(true);
  expect(brief(list(text("args[0]", "a".repeat(80))))).toBe(false);
  expect(brief(list(text("args[0]", "a⏎b")))).toBe(false);
  expect(brief(list(text("args[0]", "⟨secret⟩", { masked: true })))).toBe(false);
});
