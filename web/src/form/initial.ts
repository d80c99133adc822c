import { isMembers, type Json, type Members } from "./json";
import { shape, type Shape } from "./model";
import { fits, ofItem } from "./problems";
import type { Schema } from "./resolve";

const DEEPEST = 8;

/** The value that a place begins with when a person adds it: its default, else the least that has its kind. */
export function initial(root: Schema, schema: unknown, depth = 0): Json {
  const found = shape(root, schema, undefined);
  const preset = found.rule["default"] as Json | undefined;
  if (preset !== undefined && fits(root, schema, preset)) return preset;
  if (depth > DEEPEST) return null;
  switch (found.kind) {
    case "optional":
    case "null":
    case "raw":
      return null;
    case "union":
      return initial(root, found.branches[found.chosen]?.schema, depth + 1);
    case "const":
      return found.value;
    case "choice":
      return found.choices[0] ?? null;
    case "boolean":
      return false;
    case "number":
      return firstNumber(found.rule);
    case "text":
    case "bytes":
      return found.rule["format"] === "decimal" ? String(firstNumber(found.rule)) : "";
    case "list":
      return Array.from({ length: least(found) }, (_, at) => initial(root, ofItem(found.rule, at), depth + 1));
    case "object":
      return members(root, found.rule, depth);
  }
}

/** A value for another alternative that keeps what fits it of the present one. */
export function converted(root: Schema, schema: unknown, value: Json | undefined): Json {
  const fresh = initial(root, schema);
  if (!isMembers(fresh) || !isMembers(value)) return fresh;
  const kept = Object.entries(value).filter(([key, each]) => {
    const trial = Object.fromEntries([...Object.entries(fresh), [key, each]]);
    return key in fresh && fits(root, schema, trial);
  });
  return Object.fromEntries([...Object.entries(fresh), ...kept]);
}

function least(found: Extract<Shape, { kind: "list" }>): number {
  return Math.max(found.fixed, Math.min(Number(found.rule["minItems"] ?? 0), 100));
}

function firstNumber(rule: Schema): number {
  const { minimum, exclusiveMinimum, maximum, multipleOf } = rule;
  const step = typeof multipleOf === "number" ? multipleOf : 1;
  const from = typeof minimum === "number" ? minimum : typeof exclusiveMinimum === "number" ? exclusiveMinimum + step : null;
  if (from !== null) return Math.max(from, 0);
  return typeof maximum === "number" ? Math.min(0, maximum) : 0;
}

function members(root: Schema, rule: Schema, depth: number): Members {
  const properties = isMembers(rule["properties"]) ? rule["properties"] : {};
  const needed = Array.isArray(rule["required"]) ? rule["required"].map(String) : [];
  // What can only be one value is often what tells the alternatives of a union apart: it is given, also where it need not be.
  const fixed = Object.keys(properties).filter((key) => shape(root, properties[key], undefined).kind === "const");
  return Object.fromEntries([...new Set([...fixed, ...needed])].map((key) => [key, initial(root, properties[key] ?? true, depth + 1)]));
}
