import type { Node } from "../api/types";
import { isMembers, type Json, keysOf } from "../form/json";
import { type Change, placeWords } from "../form/changes";
import type { Secrets } from "../form/secrets";
import { visible } from "../form/text";

/** The drawn value that a JSON Pointer names, or the nearest one around it, with whether it is that very value. */
export function nodeAt(root: Node, value: unknown, pointer: string): { node: Node; exact: boolean } {
  let node = root;
  let here = value;
  for (const key of keysOf(pointer)) {
    const next = step(node, here, key);
    if (!next) return { node, exact: false };
    [node, here] = next;
  }
  return { node, exact: true };
}

/** A member by its place: a drawn name can differ from the key. Only where both list the same members. */
function step(node: Node, value: unknown, key: string): [Node, unknown] | null {
  const keys = Array.isArray(value) ? value.map((_, index) => String(index)) : isMembers(value) ? Object.keys(value) : [];
  const index = keys.indexOf(key);
  if (!node.members || node.members.length !== keys.length) return null;
  const member = node.members[index];
  if (!member || (/^[A-Za-z_]\w*$/.test(key) && member.name !== null && member.name !== key)) return null;
  return [member, (value as Record<string, unknown>)[key]];
}

/** Edits by the path of the drawn value that each replaces, and those that stand at none. */
export function placed(root: Node, value: unknown, edits: readonly Change[]): { at: Map<string, Change>; loose: Change[] } {
  const at = new Map<string, Change>();
  const loose: Change[] = [];
  for (const edit of edits) {
    const { node, exact } = nodeAt(root, value, edit.path);
    if (exact && edit.before !== undefined) at.set(node.path, edit);
    else loose.push(edit);
  }
  return { at, loose };
}

/** An edit in words, as drawn text: what was covered stays covered. */
export function said(value: unknown, edit: Change, secrets: Secrets): { where: string; before: string | null; after: string | null } {
  return { where: visible(placeWords(value, edit.path)), before: written(edit.before, secrets), after: written(edit.after, secrets) };
}

function written(value: Json | undefined, secrets: Secrets): string | null {
  return value === undefined ? null : secrets.drawn(value);
}
