/** From a schema and a value to what is drawn at one place. The value itself stays plain JSON and is never rewritten by being shown. */
import { hasFormat, isBig } from "./dialect";
import { has, isMembers, type Json, member, type Members, same } from "./json";
import { fits, ofItem, ofMember } from "./problems";
import { resolve, saysNothing, type Schema } from "./resolve";

/** One alternative of a union. */
export interface Branch {
  name: string;
  schema: unknown;
}

/** How one place is drawn. */
export type Shape =
  | { kind: "text"; rule: Schema }
  | { kind: "number"; whole: boolean; rule: Schema }
  | { kind: "boolean"; rule: Schema }
  | { kind: "null"; rule: Schema }
  | { kind: "const"; rule: Schema; value: Json }
  | { kind: "choice"; rule: Schema; choices: Json[] }
  | { kind: "bytes"; rule: Schema }
  | { kind: "object"; rule: Schema; open: unknown }
  | { kind: "list"; rule: Schema; fixed: number; open: unknown }
  | { kind: "optional"; rule: Schema; inner: unknown }
  | { kind: "union"; rule: Schema; branches: Branch[]; chosen: number }
  | { kind: "raw"; rule: Schema; why: string };

/** One member of an object. `known`: the schema names it or has a rule for it; `fixed`: its name is the schema's. */
export interface Field {
  key: string;
  schema: unknown;
  known: boolean;
  fixed: boolean;
  needed: boolean;
  given: boolean;
}

const UNDRAWN = [
  "not", "if", "then", "else", "allOf", "contains", "dependentSchemas", "dependentRequired", "dependencies",
  "unevaluatedItems", "unevaluatedProperties", "$dynamicRef", "$recursiveRef",
];
const NOT_BESIDE = ["type", "properties", "items", "prefixItems", "enum", "const", "additionalProperties"];

/** Everything that JSON can be, as the alternatives of a place without a rule. */
export const ANYTHING: Branch[] = [
  { name: "Text", schema: { type: "string" } },
  { name: "Number", schema: { type: "number" } },
  { name: "True or false", schema: { type: "boolean" } },
  { name: "Nothing (null)", schema: { type: "null" } },
  { name: "List", schema: { type: "array" } },
  { name: "Object", schema: { type: "object" } },
];

/** How a value is drawn; `picked` is the alternative that the person chose, if any. */
export function shape(root: Schema, given: unknown, value: Json | undefined, picked: number | null = null): Shape {
  const rule = resolve(root, given);
  if (!rule) return raw({}, "The schema refers to what it does not define, or in a way that the form does not know.");
  const word = UNDRAWN.find((each) => has(rule as Members, each));
  if (word) return raw(rule, `The schema uses “${word}”, which the form cannot draw.`);
  const found = alternatives(root, rule, value, picked) ?? plain(rule, value);
  if (found.kind === "raw" || found.kind === "union" || found.kind === "optional" || value === undefined) return found;
  return holds(found, value) ? found : raw(rule, "The value is not of the kind that the schema asks for.");
}

function raw(rule: Schema, why: string): Shape {
  return { kind: "raw", rule, why };
}

function alternatives(root: Schema, rule: Schema, value: Json | undefined, picked: number | null): Shape | null {
  if (saysNothing(rule)) return union(root, rule, ANYTHING, value, picked);
  const listed = branchesOf(rule);
  if (!listed) return null;
  if (listed === "mixed") return raw(rule, "The schema sets rules beside its alternatives, which the form cannot draw.");
  const [first, second] = listed;
  if (first && listed.length === 1) return shape(root, { ...first, ...notes(rule) }, value, picked);
  const isNull = (schema: unknown): boolean => resolve(root, schema)?.["type"] === "null";
  if (first && second && listed.length === 2 && listed.some(isNull)) {
    return { kind: "optional", rule, inner: isNull(first) ? second : first };
  }
  const branches = listed.map((schema, at) => ({ name: nameOf(root, schema, at), schema }));
  return union(root, rule, branches, value, picked);
}

function branchesOf(rule: Schema): Schema[] | "mixed" | null {
  const listed = rule["anyOf"] ?? rule["oneOf"];
  if (Array.isArray(listed)) return NOT_BESIDE.some((word) => has(rule as Members, word)) || !listed.length ? "mixed" : (listed as Schema[]);
  const kinds = rule["type"];
  if (!Array.isArray(kinds)) return null;
  const { title, description, default: preset, ...rest } = rule;
  return kinds.length ? kinds.map((type) => ({ ...rest, type: type as unknown })) : "mixed";
}

function notes(rule: Schema): Schema {
  return Object.fromEntries(["title", "description", "default"].filter((word) => has(rule as Members, word)).map((word) => [word, rule[word]]));
}

function union(root: Schema, rule: Schema, branches: Branch[], value: Json | undefined, picked: number | null): Shape {
  const draws = (at: number): boolean => {
    const branch = branches[at];
    return branch !== undefined && value !== undefined && shape(root, branch.schema, value).kind !== "raw";
  };
  if (value === undefined) return { kind: "union", rule, branches, chosen: picked ?? 0 };
  const kept = picked !== null && draws(picked) ? picked : -1;
  const named = byName(rule, branches, value);
  const fitting = branches.findIndex(({ schema }) => fits(root, schema, value));
  const order = [kept, named, fitting, branches.findIndex((_, at) => draws(at))];
  const chosen = order.find((at) => at >= 0);
  if (chosen === undefined) return raw(rule, "The value is none of the alternatives of the schema.");
  return { kind: "union", rule, branches, chosen };
}

/** The alternative that a discriminator names, or -1. */
function byName(rule: Schema, branches: Branch[], value: Json): number {
  const told = rule["discriminator"];
  if (!isMembers(told) || !isMembers(told["mapping"]) || !isMembers(value)) return -1;
  const target = told["mapping"][String(value[String(told["propertyName"])])];
  return branches.findIndex(({ schema }) => isMembers(schema) && target !== undefined && schema["$ref"] === target);
}

const WORDS: Record<string, string> = {
  string: "Text", integer: "Whole number", number: "Number", boolean: "True or false", null: "Nothing (null)", array: "List", object: "Object",
};
const FORMATS: Record<string, string> = {
  "date-time": "Date and time", date: "Date", time: "Time", duration: "Duration", decimal: "Decimal", uuid: "UUID", base64url: "Bytes", email: "E-mail address", uri: "Address (URI)",
};

function nameOf(root: Schema, schema: unknown, at: number): string {
  const rule = resolve(root, schema);
  if (!rule) return `Alternative ${at + 1}`;
  if (typeof rule["title"] === "string") return rule["title"];
  if (has(rule as Members, "const")) return JSON.stringify(rule["const"]);
  const named = FORMATS[String(rule["format"])] ?? WORDS[String(rule["type"])];
  const items = rule["type"] === "array" ? nameOf(root, rule["items"], -1) : "";
  return items && items !== "Alternative 0" ? `List of ${items.toLowerCase()}` : (named ?? (saysNothing(rule) ? "Anything" : `Alternative ${at + 1}`));
}

/** The shape of a rule that is no union, by its words alone. */
function plain(rule: Schema, value: Json | undefined): Shape {
  if (has(rule as Members, "const")) {
    const only = rule["const"] as Json;
    return value === undefined || same(value, only) ? { kind: "const", rule, value: only } : { kind: "choice", rule, choices: [only] };
  }
  if (Array.isArray(rule["enum"]) && rule["enum"].length) return { kind: "choice", rule, choices: rule["enum"] as Json[] };
  switch (rule["type"] ?? implied(rule)) {
    case "string":
      return { kind: isBytes(rule) ? "bytes" : "text", rule };
    case "integer":
    case "number":
      return { kind: "number", whole: rule["type"] === "integer", rule };
    case "boolean":
      return { kind: "boolean", rule };
    case "null":
      return { kind: "null", rule };
    case "array":
      return list(rule);
    case "object":
      return object(rule);
    default:
      return raw(rule, "The schema does not say what kind of value this is.");
  }
}

function implied(rule: Schema): unknown {
  if (has(rule as Members, "properties") || has(rule as Members, "additionalProperties")) return "object";
  return has(rule as Members, "items") || has(rule as Members, "prefixItems") ? "array" : undefined;
}

function isBytes(rule: Schema): boolean {
  return rule["format"] === "binary" || rule["format"] === "base64url" || has(rule as Members, "contentEncoding");
}

function list(rule: Schema): Shape {
  const prefix = rule["prefixItems"];
  if (Array.isArray(rule["items"])) return raw(rule, "The schema describes a list in the way of an older draft.");
  const fixed = Array.isArray(prefix) ? prefix.length : 0;
  const closed = rule["items"] === false || (fixed > 0 && rule["maxItems"] === fixed);
  return { kind: "list", rule, fixed, open: closed ? false : (rule["items"] ?? true) };
}

function object(rule: Schema): Shape {
  const patterns = isMembers(rule["patternProperties"]) ? Object.values(rule["patternProperties"]) : [];
  if (patterns.length > 1 || (patterns.length === 1 && has(rule as Members, "properties"))) {
    return raw(rule, "The schema sets rules by patterns of names, which the form cannot draw.");
  }
  const named = isMembers(rule["properties"]) && Object.keys(rule["properties"]).length > 0;
  const open = patterns[0] ?? rule["additionalProperties"] ?? !named;
  return { kind: "object", rule, open };
}

/** Whether a value is of the kind that a shape can show and change. */
function holds(found: Shape, value: Json): boolean {
  switch (found.kind) {
    case "text":
      return typeof value === "string";
    case "bytes":
      return typeof value === "string" && hasFormat(found.rule["format"], value);
    case "number":
      return typeof value === "number" ? !found.whole || Number.isInteger(value) : typeof value === "string" && isBig(value);
    case "boolean":
      return typeof value === "boolean";
    case "null":
      return value === null;
    case "choice":
      return typeof value !== "object" || found.choices.some((choice) => same(choice, value));
    case "object":
      return isMembers(value);
    case "list":
      return Array.isArray(value);
    default:
      return true;
  }
}

/** The members of an object in reading order: those it has, then those it lacks. */
export function fieldsOf(rule: Schema, open: unknown, value: Members): Field[] {
  const needed = new Set(Array.isArray(rule["required"]) ? rule["required"].map(String) : []);
  const named = isMembers(rule["properties"]) ? Object.keys(rule["properties"]) : [];
  const inOrder = [...named].sort((a, b) => Number(needed.has(b)) - Number(needed.has(a)));
  const missing = [...new Set([...[...needed].filter((key) => named.includes(key)), ...inOrder])].filter((key) => !has(value, key));
  return [...Object.keys(value), ...missing].map((key) => {
    const [schema, fixed] = ofMember(rule, key);
    const isNamed = named.includes(key);
    const known = isNamed || (open !== false && (fixed || schema !== false));
    return { key, schema: known && schema !== false ? schema : true, known, fixed: isNamed, needed: needed.has(key), given: has(value, key) };
  });
}

const MOST_LAYERS = 16;

/** A place with the choices that stand before what is drawn last: whether there is a value, and which alternative. */
export function layers(root: Schema, schema: unknown, value: Json | undefined, picked: (number | null)[]): Shape[] {
  const out = [shape(root, schema, value, picked[0] ?? null)];
  for (let last = out[0]; last && out.length < MOST_LAYERS; last = out.at(-1)) {
    const inner = within(last, value);
    if (inner === undefined) break;
    out.push(shape(root, inner, value, picked[out.length] ?? null));
  }
  return out;
}

function within(outer: Shape, value: Json | undefined): unknown {
  if (outer.kind === "optional") return value === null ? { type: "null" } : outer.inner;
  return outer.kind === "union" ? outer.branches[outer.chosen]?.schema : undefined;
}

/** Every place of a value with its shape, from the outside in. */
export function* walk(root: Schema, schema: unknown, value: Json, path = ""): Generator<{ path: string; shape: Shape; value: Json }> {
  const found = shape(root, schema, value);
  yield { path, shape: found, value };
  if (found.kind === "optional" && value !== null) yield* walk(root, found.inner, value, path);
  if (found.kind === "union") yield* walk(root, found.branches[found.chosen]?.schema, value, path);
  if (found.kind === "object" && isMembers(value)) {
    for (const field of fieldsOf(found.rule, found.open, value).filter(({ given }) => given)) {
      yield* walk(root, field.schema, value[field.key] as Json, member(path, field.key));
    }
  }
  if (found.kind === "list" && Array.isArray(value)) {
    for (const [at, each] of value.entries()) yield* walk(root, ofItem(found.rule, at), each, member(path, at));
  }
}
