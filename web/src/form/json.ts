/** Plain JSON: what arguments and answers are made of. */
export type Json = null | boolean | number | string | Json[] | Members;
export interface Members {
  [key: string]: Json;
}
export type Key = string | number;

/** The largest whole number that every JSON reader keeps; larger ones travel as text. */
export const LARGEST = Number.MAX_SAFE_INTEGER;

export function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The keys of an object that are its own: `__proto__` can be one of them. */
export function has(value: Members, key: string): boolean {
  return Object.prototype.hasOwnProperty.call(value, key);
}

/** Whether two values are the same JSON, the order of members aside. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((each, at) => same(each, b[at]));
  if (!isMembers(a) || !isMembers(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => has(b, key) && same(a[key], b[key]));
}

/** A value as one text, the same for the same JSON. */
export function spelled(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(spelled).join()}]`;
  if (!isMembers(value)) return JSON.stringify(value);
  const each = Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${spelled(value[key] as Json)}`);
  return `{${each.join()}}`;
}

/** The place of a member: a JSON Pointer. */
export function member(path: string, key: Key): string {
  return `${path}/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

/** The keys that a JSON Pointer names. */
export function keysOf(path: string): string[] {
  return path.split("/").slice(1).map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function child(value: unknown, key: string): Json | undefined {
  if (Array.isArray(value)) return /^(0|[1-9]\d*)$/.test(key) ? (value[Number(key)] as Json | undefined) : undefined;
  return isMembers(value) && has(value, key) ? value[key] : undefined;
}

/** The value at a place; undefined where there is none. */
export function at(value: Json | undefined, path: string): Json | undefined {
  return keysOf(path).reduce(child, value);
}

/** A copy of an object with one member set (in its place, else last) or, by undefined, taken out. */
export function withMember(value: Members, key: string, given: Json | undefined): Members {
  const entries = Object.entries(value);
  const found = entries.findIndex(([name]) => name === key);
  if (given === undefined) entries.splice(found, found < 0 ? 0 : 1);
  else if (found < 0) entries.push([key, given]);
  else entries[found] = [key, given];
  return Object.fromEntries(entries);
}

/** A copy of an object in which one key has another name, in the same place. */
export function renamed(value: Members, from: string, to: string): Members {
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key === from ? to : key, each]));
}

/** A copy of a value in which what stands at a place is another; undefined takes it out. Throws for a place that is not there. */
export function put(value: Json, path: string, given: Json | undefined): Json | undefined {
  const [key, ...rest] = keysOf(path);
  if (key === undefined) return given;
  const inner = rest.length ? put(child(value, key) ?? null, rest.map((each) => member("", each)).join(""), given) : given;
  if (Array.isArray(value)) return inner === undefined ? value.toSpliced(Number(key), 1) : value.with(Number(key), inner);
  if (isMembers(value)) return withMember(value, key, inner);
  throw new RangeError(`nothing is at ${path}`);
}
