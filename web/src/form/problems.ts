/** What is wrong with a value, found at once in the page and in the words of the server, which checks again (`codec/schema_check.py`). */
import { compare, decimal, hasFormat, isBig, isMultiple, numberOf } from "./dialect";
import { Effort } from "./effort";
import { has, isMembers, type Json, member, type Members, same, spelled } from "./json";
import { pointed, type Schema } from "./resolve";

/** One thing wrong: where (JSON Pointer, empty for the whole), what, and what to do. */
export interface Problem {
  path: string;
  text: string;
  hint: string;
}

interface Broken {
  path: string;
  word: string;
  wanted: unknown;
  value: Json;
  rule: Schema;
  branches?: Broken[][];
}

/** A hint that says no more than the text does. */
export const UNSAID = "Change the value.";
let effort = new Effort();
const MOST = 50;
const DEEPEST = 200;
const KINDS: Record<string, string> = {
  integer: "a whole number", number: "a number", string: "text", boolean: "true or false",
  null: "empty (null)", array: "a list", object: "an object",
};
const FORMS: Record<string, string> = {
  "date-time": "Use the form 2026-11-22T19:12:13Z.",
  date: "Use the form 2026-11-22.",
  time: "Use the form 19:12:13.",
  uuid: "Use 32 hex digits as 8-4-4-4-12.",
  decimal: "Use digits and at most one point, such as 620.00.",
  duration: "Use the form P1DT2H30M.",
  base64url: "Use base64 with - and _.",
};
const LIMITS: Record<string, string> = {
  minimum: "must be at least {}", maximum: "must be at most {}",
  exclusiveMinimum: "must be more than {}", exclusiveMaximum: "must be less than {}", multipleOf: "must be a multiple of {}",
  minLength: "must have at least {} characters", maxLength: "must have at most {} characters",
  minItems: "must have at least {} items", maxItems: "must have at most {} items",
  minProperties: "must have at least {} members", maxProperties: "must have at most {} members",
  uniqueItems: "must not hold the same item twice",
};

/** What is wrong with a value; at most 50, by path. What only the server checks, or would take too long, is passed over. */
export function problems(root: Schema, value: Json, schema: unknown = root, path = ""): Problem[] {
  const found = new Map<string, Problem>();
  for (const broken of looked(root, schema, value, path)) {
    for (const problem of explain(broken)) found.set(JSON.stringify(problem), problem);
  }
  const order = (problem: Problem): string => `${problem.path}\0${problem.text}`;
  return [...found.values()].sort((a, b) => (order(a) < order(b) ? -1 : 1)).slice(0, MOST);
}

/** Whether a value fits, as far as it can be told here. */
export function fits(root: Schema, schema: unknown, value: Json): boolean {
  return looked(root, schema, value, "").length === 0;
}

function looked(root: Schema, schema: unknown, value: Json, path: string): Broken[] {
  effort = new Effort();
  return breaks(root, schema, value, path, 0);
}

type Check = (wanted: unknown, value: Json, rule: Schema) => boolean;

const bound = (holds: (order: number) => boolean): Check => (wanted, value, rule) => {
  const [number, limit] = [numberOf(value, rule), decimal(String(wanted))];
  return number === null || limit === null || holds(compare(number, limit));
};
const length = (holds: (length: number, limit: number) => boolean, of: (value: Json) => number | null): Check => (wanted, value) => {
  const found = of(value);
  return found === null || typeof wanted !== "number" || holds(found, wanted);
};
const characters = (value: Json): number | null => (typeof value === "string" ? Array.from(value).length : null);
const items = (value: Json): number | null => (Array.isArray(value) ? value.length : null);
const members = (value: Json): number | null => (isMembers(value) ? Object.keys(value).length : null);
const least = (found: number, limit: number): boolean => found >= limit;
const most = (found: number, limit: number): boolean => found <= limit;

const CHECKS: Record<string, Check> = {
  type: (wanted, value) => (Array.isArray(wanted) ? wanted : [wanted]).some((kind) => isOf(kind, value)),
  enum: (wanted, value) => !Array.isArray(wanted) || wanted.some((each) => same(each, value)),
  const: same,
  minimum: bound((order) => order >= 0),
  maximum: bound((order) => order <= 0),
  exclusiveMinimum: bound((order) => order > 0),
  exclusiveMaximum: bound((order) => order < 0),
  multipleOf: (wanted, value, rule) => {
    const [number, step] = [numberOf(value, rule), decimal(String(wanted))];
    return number === null || step === null || isMultiple(number, step);
  },
  minLength: length(least, characters),
  maxLength: length(most, characters),
  pattern: (wanted, value) => typeof value !== "string" || (matches(wanted, value, effort) ?? true),
  format: (wanted, value) => typeof value !== "string" || hasFormat(wanted, value),
  minItems: length(least, items),
  maxItems: length(most, items),
  uniqueItems: (wanted, value) => wanted !== true || !Array.isArray(value) || new Set(value.map(spelled)).size === value.length,
  minProperties: length(least, members),
  maxProperties: length(most, members),
  required: (wanted, value) => !isMembers(value) || !Array.isArray(wanted) || wanted.every((key) => has(value, String(key))),
};

function isOf(kind: unknown, value: Json): boolean {
  if (kind === "integer" || kind === "number") {
    if (typeof value === "string") return isBig(value);
    return typeof value === "number" && (kind === "number" || Number.isInteger(value));
  }
  return kind === kindOf(value);
}

function kindOf(value: Json): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

/** Whether a text matches a pattern; null where that takes too long, or its words are of another language of patterns. */
export function matches(pattern: unknown, text: string, left = new Effort()): boolean | null {
  if (!left.affords(String(pattern), text)) return null;
  try {
    return new RegExp(String(pattern), "u").test(text);
  } catch {
    return null;
  }
}

function breaks(root: Schema, schema: unknown, value: Json, path: string, depth: number): Broken[] {
  if (schema === false) return [{ path, word: "false", wanted: false, value, rule: {} }];
  if (!isMembers(schema) || depth > DEEPEST || !effort.visit()) return [];
  const rule = schema as Schema;
  const inner = (next: unknown, of: Json = value, where = path): Broken[] => breaks(root, next, of, where, depth + 1);
  const out: Broken[] = [];
  for (const [word, check] of Object.entries(CHECKS)) {
    if (has(schema, word) && !check(rule[word], value, rule)) out.push({ path, word, wanted: rule[word], value, rule });
  }
  if (typeof rule["$ref"] === "string") out.push(...inner(pointed(root, rule["$ref"])));
  if (Array.isArray(rule["allOf"])) out.push(...rule["allOf"].flatMap((each) => inner(each)));
  for (const word of ["anyOf", "oneOf"]) if (Array.isArray(rule[word])) out.push(...alternatives(word, rule, value, path, inner));
  if (isMembers(value)) out.push(...inObject(rule, value, path, inner));
  else if (Array.isArray(value)) out.push(...value.flatMap((each, at) => inner(ofItem(rule, at), each, member(path, at))));
  return out;
}

type Inner = (schema: unknown, value?: Json, path?: string) => Broken[];

function alternatives(word: string, rule: Schema, value: Json, path: string, inner: Inner): Broken[] {
  const branches = (rule[word] as unknown[]).map((branch) => inner(branch));
  const fitting = branches.filter((branch) => branch.length === 0).length;
  if (fitting === 1 || (word === "anyOf" && fitting)) return [];
  const broken = { path, word, wanted: rule[word], value, rule };
  return [fitting ? broken : { ...broken, branches }];
}

function inObject(rule: Schema, value: Members, path: string, inner: Inner): Broken[] {
  const names = rule["propertyNames"];
  return Object.entries(value).flatMap(([key, each]) => {
    const where = member(path, key);
    const named = names === undefined ? [] : inner(names, key, where).map((one) => ({ ...one, word: `name ${one.word}` }));
    const [schema, known] = ofMember(rule, key);
    if (schema === false && !known) return [...named, { path: where, word: "unknown", wanted: false, value: each, rule }];
    return [...named, ...inner(schema, each, where)];
  });
}

/** The schema of a member, and whether its name is one that the schema knows. */
export function ofMember(rule: Schema, key: string): [schema: unknown, known: boolean] {
  const properties = rule["properties"];
  if (isMembers(properties) && has(properties, key)) return [properties[key], true];
  for (const [pattern, schema] of Object.entries(isMembers(rule["patternProperties"]) ? rule["patternProperties"] : {})) {
    if (matches(pattern, key, effort) ?? true) return [schema, true];
  }
  return [rule["additionalProperties"] ?? true, false];
}

/** The schema of an item. */
export function ofItem(rule: Schema, at: number): unknown {
  const prefix = rule["prefixItems"];
  return Array.isArray(prefix) && at < prefix.length ? (prefix[at] as unknown) : (rule["items"] ?? true);
}

function explain(broken: Broken): Problem[] {
  const { path, word, wanted, value } = broken;
  switch (word) {
    case "anyOf":
    case "oneOf":
      return broken.branches ? closest(path, broken.branches) : [of(path, "fits more than one of its alternatives", "Change the value so that one is left.")];
    case "required": {
      const missing = (wanted as string[]).filter((key) => !has(value as Members, key));
      return missing.map((key) => of(member(path, key), "is missing", "Give it a value."));
    }
    case "unknown":
      return [of(path, "is not known here", "Remove it.")];
    case "false":
      return [of(path, "may not be here", "Remove it.")];
    case "type":
      return [ofType(path, Array.isArray(wanted) ? wanted.map(String) : [String(wanted)], value)];
    case "enum":
    case "const":
      return [of(path, "is none of the choices", `Choose ${listed(word === "enum" ? (wanted as Json[]) : [wanted as Json])}.`)];
    default:
      return [word.startsWith("name ") ? ofName(broken) : rest(path, word, wanted)];
  }
}

function of(path: string, text: string, hint: string): Problem {
  return { path, text, hint };
}

function rest(path: string, word: string, wanted: unknown): Problem {
  if (word === "format") return of(path, `is no ${String(wanted)}`, FORMS[String(wanted)] ?? `Use the format ${String(wanted)}.`);
  if (word === "pattern") return of(path, "does not have the form that is asked for", `It must match ${short(String(wanted), 100)}.`);
  return of(path, (LIMITS[word] ?? `breaks the rule ${word}`).replace("{}", () => String(wanted)), UNSAID);
}

function ofName(broken: Broken): Problem {
  const [inner] = explain({ ...broken, word: broken.word.slice(5) });
  return of(broken.path, `has a name that ${inner?.text ?? "does not fit"}`, inner?.hint === UNSAID ? "Change the name." : (inner?.hint ?? ""));
}

function closest(path: string, branches: Broken[][]): Problem[] {
  const isWrongType = (one: Broken): boolean => one.word === "type" && one.path === path;
  const near = branches.filter((branch) => !branch.some(isWrongType)).sort((a, b) => a.length - b.length)[0];
  if (near) return near.flatMap(explain);
  const wrong = branches.flat().filter(isWrongType);
  const kinds = wrong.flatMap(({ wanted }) => (Array.isArray(wanted) ? wanted.map(String) : [String(wanted)]));
  return [ofType(path, kinds, wrong[0]?.value ?? null)];
}

function ofType(path: string, kinds: string[], value: Json): Problem {
  const found = typeof value === "number" ? (Number.isInteger(value) ? "integer" : "number") : kindOf(value);
  const either = [...new Set(kinds.map((kind) => KINDS[kind] ?? kind))].join(" or ");
  return of(path, `must be ${either}, not ${KINDS[found] ?? found}`, `Enter ${either}.`);
}

function listed(choices: Json[]): string {
  const shown = choices.slice(0, 10).map((choice) => short(typeof choice === "string" ? choice : JSON.stringify(choice), 40)).join(", ");
  return choices.length <= 10 ? shown : `${shown} or another of ${choices.length}`;
}

function short(text: string, limit: number): string {
  const shown = text.replaceAll("\\", "\\\\").replace(/[^\x20-\x7e]/gu, escaped);
  return shown.length <= limit ? shown : `${shown.slice(0, limit - 1)}…`;
}

function escaped(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  const [mark, width] = code < 0x100 ? ["x", 2] : code < 0x10000 ? ["u", 4] : ["U", 8];
  return `\\${mark}${code.toString(16).padStart(width, "0")}`;
}
