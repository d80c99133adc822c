import { visible } from "./text";
import { isMembers, type Json, type Members } from "./json";

const LONGEST_KEY = 64;
const PLAIN = /^[A-Za-z_][A-Za-z0-9_-]*$/;

/** The values at places that are covered on the page; they stay covered wherever they are moved to. */
export class Secrets {
  #values = new Set<Json>();

  constructor(value: Json, masked: readonly string[]) {
    if (masked.length) this.#find(value, "args", masked);
  }

  has(value: unknown): boolean {
    return (typeof value === "string" || typeof value === "number") && this.#values.has(value);
  }

  /** A copy in which each covered value is a sign that no other text of it is. */
  covered(value: Json): Json {
    return this.#values.size ? mapped(value, (each) => (this.has(each) ? this.#sign(each) : each)) : value;
  }

  /** A value as drawn text: a text in quotes, so that "42" and 42 differ, and what is covered stays covered. */
  drawn(value: Json): string {
    if (this.has(value)) return this.#sign(value);
    return typeof value === "string" ? `"${visible(value)}"` : visible(JSON.stringify(this.covered(value)));
  }

  /** The value again, with what the signs stand for. */
  uncovered(value: Json): Json {
    if (!this.#values.size) return value;
    const meant = new Map([...this.#values].map((each) => [this.#sign(each), each]));
    return mapped(value, (each) => (typeof each === "string" ? (meant.get(each) ?? each) : each));
  }

  #sign(value: Json): string {
    return `•••••••• covered ${[...this.#values].indexOf(value) + 1}`;
  }

  #find(value: Json, path: string, masked: readonly string[]): void {
    if (Array.isArray(value)) for (const [at, each] of value.entries()) this.#find(each, `${path}[${at}]`, masked);
    else if (isMembers(value)) for (const [key, each] of Object.entries(value)) this.#find(each, memberOf(path, key), masked);
    else if (value !== null && typeof value !== "boolean" && masked.some((one) => matches(one, path))) this.#values.add(value);
  }
}

/** The place of a member as the page's nodes name it; a cut key ends in `…`, since its hash is not made here. */
function memberOf(path: string, key: string): string {
  if (key.length <= LONGEST_KEY && PLAIN.test(key)) return `${path}.${key}`;
  const quoted = `"${visible((key.length > LONGEST_KEY ? Array.from(key).slice(0, 40).join("") : key).replaceAll("\\", "\\\\").replaceAll('"', '\\"'))}"`;
  return `${path}[${quoted}${key.length > LONGEST_KEY ? "\0" : ""}]`;
}

function matches(masked: string, path: string): boolean {
  const [first = "", ...rest] = path.split("\0");
  if (!rest.length) return masked === path;
  return masked.startsWith(first) && masked.endsWith(rest.at(-1) ?? "");
}

function mapped(value: Json, map: (value: Json) => Json): Json {
  if (Array.isArray(value)) return value.map((each) => mapped(each, map));
  if (isMembers(value)) return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, mapped(each, map)])) as Members;
  return map(value);
}
