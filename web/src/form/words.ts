/** What a field says about what it takes. */
import type { Schema } from "./resolve";

const FORMS: Record<string, string> = {
  "date-time": "date and time, such as 2026-11-22T19:12:13Z", date: "date, such as 2026-11-22", time: "time, such as 19:12:13",
  duration: "duration, such as P1DT2H30M", uuid: "UUID, 8-4-4-4-12 hex digits", decimal: "decimal number", email: "e-mail address",
  uri: "address with its scheme", ipv4: "IPv4 address", ipv6: "IPv6 address", base64url: "bytes in base64",
};
const RULES: [word: string, words: (limit: unknown) => string][] = [
  ["minimum", (limit) => `at least ${limit}`],
  ["exclusiveMinimum", (limit) => `more than ${limit}`],
  ["maximum", (limit) => `at most ${limit}`],
  ["exclusiveMaximum", (limit) => `less than ${limit}`],
  ["multipleOf", (limit) => `in steps of ${limit}`],
  ["minLength", (limit) => `at least ${limit} characters`],
  ["maxLength", (limit) => `at most ${limit} characters`],
  ["minItems", (limit) => `at least ${limit} items`],
  ["maxItems", (limit) => `at most ${limit} items`],
  ["minProperties", (limit) => `at least ${limit} members`],
  ["maxProperties", (limit) => `at most ${limit} members`],
];

/** The rules of a place in words; empty if it has none. */
export function rules(rule: Schema): string {
  const format = rule["format"];
  const words = typeof format === "string" ? [FORMS[format] ?? format] : [];
  if (rule["prefixItems"] === undefined) words.push(...RULES.filter(([word]) => rule[word] !== undefined).map(([word, say]) => say(rule[word])));
  const pattern = rule["pattern"];
  const isSaid = format === "decimal" || pattern === undefined;
  if (!isSaid) words.push(`of the form ${String(pattern)}`);
  if (rule["uniqueItems"] === true) words.push("no item twice");
  const said = words.join(", ");
  return said && said.slice(0, 1).toUpperCase() + said.slice(1);
}

/** The title of a schema where it says more than the name of the place. */
export function titleOf(rule: Schema, name: string): string | null {
  const bare = (text: string): string => text.toLowerCase().replace(/[\s_-]+/g, "");
  const title = rule["title"];
  return typeof title === "string" && title !== "" && bare(title) !== bare(name) ? title : null;
}
