import { expect, test } from "vitest";
import { belong, type Draft, drop, forget, keep, read } from "./drafts";

class Room implements Omit<Storage, "clear"> {
  readonly kept = new Map<string, string>();
  get length(): number {
    return this.kept.size;
  }
  key(at: number): string | null {
    return [...this.kept.keys()][at] ?? null;
  }
  getItem(key: string): string | null {
    return this.kept.get(key) ?? null;
  }
  setItem(key: string, value: string): void {
    if (value.length > 500) throw new DOMException("full", "QuotaExceededError");
    this.kept.set(key, value);
  }
  removeItem(key: string): void {
    this.kept.delete(key);
  }
}

const draft: Draft = { view: "v1", note: "why?", comment: "", reason: null, args: { amount: "620.00" } };

test("a draft is read again as it was kept, and forgotten when dropped", () => {
  const room = new Room();
  expect(keep("rev_1", draft, room)).toBe(true);
  expect(read("rev_1", room)).toEqual(draft);
  expect(read("rev_2", room)).toBeNull();
  drop("rev_1", room);
  expect(room.kept.size).toBe(0);
});

test("an empty draft leaves nothing behind", () => {
  const room = new Room();
  keep("rev_1", draft, room);
  keep("rev_1", { view: "v1", note: "", comment: "", reason: null }, room);
  expect(room.kept.size).toBe(0);
});

test("arguments edited to nothing are a draft", () => {
  const room = new Room();
  keep("rev_1", { view: "v1", note: "", comment: "", reason: null, args: null }, room);
  expect(read("rev_1", room)?.args).toBeNull();
});

test("what cannot be read counts as none, and what has no room is said", () => {
  const room = new Room();
  for (const text of ["{", "null", "[]", '{"note":1}']) {
    room.setItem("handrail.draft.rev_1", text);
    expect(read("rev_1", room)).toBeNull();
  }
  expect(keep("rev_1", { ...draft, note: "x".repeat(600) }, room)).toBe(false);
});

test("drafts are of one person: whoever comes next in this tab finds none", () => {
  const room = new Room();
  belong("default/usr_ann", room);
  for (const id of ["rev_1", "rev_2"]) keep(id, draft, room);
  belong("default/usr_ann", room);
  expect(read("rev_1", room)).toEqual(draft);
  belong("acme/usr_ann", room);
  expect([read("rev_1", room), read("rev_2", room)]).toEqual([null, null]);
});

test("who signs out leaves no draft, and nothing else is touched", () => {
  const room = new Room();
  room.setItem("else", "x");
  for (const id of ["rev_1", "rev_2"]) keep(id, draft, room);
  forget(room);
  expect([...room.kept.keys()]).toEqual(["else"]);
});
