import { has, isMembers, keysOf, type Members } from "./json";

/** A JSON Schema; `true` allows everything, `false` nothing. */
export type Schema = Record<string, unknown>;

const MOST_STEPS = 64;
const SAYS_NOTHING = new Set([
  "title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly", "$comment", "$defs", "$schema", "$id",
]);

/** A schema with its references followed and a lone `allOf` merged; null if it leads nowhere, in circles, or says a word twice. */
export function resolve(root: Schema, given: unknown): Schema | null {
  let schema: unknown = given;
  for (let step = 0; step < MOST_STEPS; step += 1) {
    if (schema === true || schema === undefined) return {};
    if (!isMembers(schema)) return null;
    const next = inner(root, schema);
    if (next === undefined) return schema;
    const { $ref, allOf, ...own } = schema as Schema;
    schema = merged(next, own);
  }
  return null;
}

/** Whether a schema says nothing that a value could break. */
export function saysNothing(schema: Schema): boolean {
  return Object.keys(schema).every((word) => SAYS_NOTHING.has(word));
}

function inner(root: Schema, schema: Schema): unknown {
  if (typeof schema["$ref"] === "string") return schema["allOf"] === undefined ? pointed(root, schema["$ref"]) : null;
  const all = schema["allOf"];
  return Array.isArray(all) ? (all.length === 1 ? (all[0] as unknown) : null) : undefined;
}

function merged(target: unknown, own: Schema): Schema | null {
  if (target === true) return own;
  if (!isMembers(target)) return null;
  const twice = Object.keys(own).some((word) => !SAYS_NOTHING.has(word) && has(target, word));
  return twice ? null : { ...target, ...own };
}

/** The definition that a reference inside the same schema names; null if there is none. */
export function pointed(root: Schema, reference: string): unknown {
  if (!reference.startsWith("#")) return null;
  let found: unknown = root;
  for (const key of keysOf(reference)) {
    if (!isMembers(found) || !has(found as Members, key)) return null;
    found = found[key];
  }
  return found;
}
