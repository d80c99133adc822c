import type { Flag, Node } from "../api/types";

/** Every value of a tree, in the order in which it is read. */
export function* walk(node: Node): Generator<Node> {
  const stack = [node];
  for (let next = stack.pop(); next; next = stack.pop()) {
    yield next;
    stack.push(...(next.members ?? []).toReversed());
  }
}

/** The folds that still have to be opened, in the order in which they are met. */
export function left(unseen: readonly string[], opened: ReadonlySet<string>): string[] {
  return unseen.filter((path) => !opened.has(path));
}

/** The folded containers that have to be open before a place can be seen. */
export function around(root: Node, path: string): string[] {
  const found: string[] = [];
  let here: Node | undefined = root;
  while (here?.members && here.path !== path) {
    if (here.folded) found.push(here.path);
    here = here.members.find((member) => holds(member.path, path));
  }
  return found;
}

function holds(outer: string, inner: string): boolean {
  return inner === outer || (inner.startsWith(outer) && /^[.[]/.test(inner.slice(outer.length)));
}

/** Flags by the place that each is about. */
export function byPath(flags: readonly Flag[]): Map<string, Flag[]> {
  const found = new Map<string, Flag[]>();
  for (const flag of flags) found.set(flag.path, [...(found.get(flag.path) ?? []), flag]);
  return found;
}
