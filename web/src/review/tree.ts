import type { Node } from "../api/types";
import { walk } from "./seen";

/** How a value differs from what stood before: `before` is null where nothing stood there. */
export interface Mark {
  before: Node | null;
}

/** Differences between two drawings of the arguments, by path. */
export interface Marks {
  changed: Map<string, Mark>;
  /** Members that are gone, under the path of what held them. */
  gone: Map<string, Node[]>;
}

const NONE: Marks = { changed: new Map(), gone: new Map() };

/** What changed; `told` are paths that the server says were edited, also where both are covered and look the same. */
export function compare(before: Node | null, after: Node, told: readonly string[] = []): Marks {
  if (!before) return NONE;
  const olds = new Map([...walk(before)].map((node) => [node.path, node]));
  const news = new Map([...walk(after)].map((node) => [node.path, node]));
  const changed = new Map<string, Mark>();
  for (const [path, node] of news) {
    const old = olds.get(path);
    if (!old) changed.set(path, { before: null });
    else if (!same(old, node) || (told.includes(path) && !node.members)) changed.set(path, { before: old });
  }
  return { changed, gone: goneFrom(olds, news) };
}

function same(one: Node, other: Node): boolean {
  if (Boolean(one.members) !== Boolean(other.members)) return false;
  return one.kind === other.kind && one.text === other.text;
}

function goneFrom(olds: Map<string, Node>, news: Map<string, Node>): Map<string, Node[]> {
  const gone = new Map<string, Node[]>();
  for (const [path, old] of olds) {
    if (!news.has(path)) continue;
    const missing = (old.members ?? []).filter((member) => !news.has(member.path));
    if (missing.length) gone.set(path, missing);
  }
  return gone;
}

/** The members that a container shows: all of them, or its two ends with the number between. */
export function ends(node: Node, opened: boolean): { head: readonly Node[]; hidden: number; tail: readonly Node[] } {
  const members = node.members ?? [];
  if (!node.folded || opened) return { head: members, hidden: 0, tail: [] };
  const { head, tail, hidden } = node.folded;
  return { head: members.slice(0, head), hidden, tail: members.slice(members.length - tail) };
}

const LONGEST = 60;

/** Whether a list is short enough to stand on one line: a few bare values without folds. */
export function brief(node: Node): boolean {
  if (node.kind !== "list" || !node.members?.length || node.folded) return false;
  if (node.members.some((one) => one.members || one.fold || one.masked || one.text?.includes("⏎"))) return false;
  return node.members.reduce((sum, one) => sum + (one.text?.length ?? 0) + 4, 0) <= LONGEST;
}
