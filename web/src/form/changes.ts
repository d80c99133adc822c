import { at, has, isMembers, type Json, keysOf, member, put, same } from "./json";

/** One difference: where (JSON Pointer), what stood there, and what stands there now; undefined is nothing. */
export interface Change {
  path: string;
  before: Json | undefined;
  after: Json | undefined;
}

/** What differs between two values, place by place. Where an item is gone, the place is that of the old list. */
export function changes(before: unknown, after: unknown): Change[] {
  return differing(before as Json, after as Json, "");
}

function differing(before: Json | undefined, after: Json | undefined, path: string): Change[] {
  if (same(before, after)) return [];
  if (Array.isArray(before) && Array.isArray(after)) return inLists(before, after, path);
  if (!isMembers(before) || !isMembers(after)) return [{ path, before, after }];
  const keys = [...Object.keys(before), ...Object.keys(after).filter((key) => !has(before, key))];
  return keys.flatMap((key) =>
    differing(has(before, key) ? before[key] : undefined, has(after, key) ? after[key] : undefined, member(path, key)),
  );
}

/** Lists alike at both ends differ in between: pairs first, then what one of them has more. */
function inLists(before: Json[], after: Json[], path: string): Change[] {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && same(before[head], after[head])) head += 1;
  let tail = 0;
  while (tail < shorter - head && same(before.at(-1 - tail), after.at(-1 - tail))) tail += 1;
  const [ended, ends] = [before.length - tail, after.length - tail];
  const pairs = Math.min(ended, ends);
  const out: Change[] = [];
  for (let place = head; place < pairs; place += 1) out.push(...differing(before[place], after[place], member(path, place)));
  for (let place = pairs; place < ended; place += 1) out.push({ path: member(path, place), before: before[place], after: undefined });
  for (let place = pairs; place < ends; place += 1) out.push({ path: member(path, place), before: undefined, after: after[place] });
  return out;
}

/** The changes by the places of the present value that they stand at. */
export function standing(list: readonly Change[]): ReadonlyMap<string, Change> {
  return new Map(list.filter(({ after }) => after !== undefined).map((one) => [one.path, one]));
}

/** The places around the changes. */
export function around(list: readonly Change[]): ReadonlySet<string> {
  const parents = (parts: string[]): string[] => parts.slice(0, -1).map((_, length) => parts.slice(0, length + 1).join("/"));
  return new Set(list.flatMap(({ path }) => parents(path.split("/"))));
}

/** The value with one change taken back. */
export function undone(original: Json, value: Json, change: Change): Json {
  const parent = change.path.slice(0, change.path.lastIndexOf("/"));
  const holder = change.path === "" ? undefined : at(value, parent);
  if (Array.isArray(holder) && change.before !== undefined && change.after === undefined) {
    return put(value, parent, holder.toSpliced(Number(keysOf(change.path).at(-1)), 0, change.before)) as Json;
  }
  const back = put(value, change.path, change.before) as Json;
  return isMembers(holder) ? (put(back, parent, inOrderOf(at(original, parent), at(back, parent))) as Json) : back;
}

function inOrderOf(model: Json | undefined, value: Json | undefined): Json | undefined {
  if (!isMembers(model) || !isMembers(value)) return value;
  const keys = [...Object.keys(model).filter((key) => has(value, key)), ...Object.keys(value).filter((key) => !has(model, key))];
  return Object.fromEntries(keys.map((key) => [key, value[key] as Json]));
}

/** A place in words: `lines › 2 › price`, items counted from 1. */
export function placeWords(value: unknown, path: string): string {
  const words: string[] = [];
  let here: unknown = value;
  for (const key of keysOf(path)) {
    words.push(Array.isArray(here) ? `#${Number(key) + 1}` : key);
    here = Array.isArray(here) ? (here as unknown[])[Number(key)] : isMembers(here) ? here[key] : undefined;
  }
  return words.join(" › ");
}
