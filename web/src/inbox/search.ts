import type { Row } from "../api/types";
import { rank, waits } from "./order";

/** One part of a query: a plain word, or a field with what it should be. */
export interface Term {
  not: boolean;
  field: string | null;
  text: string;
  /** In quotation marks: taken as it is. */
  exact: boolean;
}

/** Who searches, and when (µs). */
export interface Reader {
  me: string;
  now: number;
}

type Test = (row: Row, reader: Reader) => boolean;

/** A query that was understood, or what is wrong with it. */
export type Query = { ok: true; empty: boolean; test: Test } | { ok: false; problem: string };

interface Field {
  example: string;
  says: string;
  /** The test for a value; text is what is wrong with it. */
  read(text: string, exact: boolean): Test | string;
}

const RISKS = ["low", "unrated", "medium", "high", "critical"];
const UNITS: Record<string, number> = { s: 1e6, m: 60e6, min: 60e6, h: 3600e6, d: 86_400e6 };

const STATES: Record<string, Test> = {
  claimed: (row) => row.claimed_by !== null,
  unclaimed: (row) => row.claimed_by === null,
  mine: (row, reader) => row.claimed_by?.id === reader.me,
  open: (row) => waits(row),
  voted: (row) => row.votes.length > 0,
  escalated: (row) => row.level > 0,
  wrong: (row) => row.turned_out === "wrong",
};
const KINDS = ["approval", "check", "question", "exception", "sample"];

/** What a query can ask for, as it is told under the box. */
export const FIELDS: Record<string, Field> = {
  risk: { example: "risk:>=high", says: "low, unrated, medium, high, critical", read: risk },
  tool: { example: "tool:payments.*", says: "name of the action", read: name((row) => [row.name]) },
  agent: { example: "agent:triage", says: "who asks", read: name((row) => [row.agent.name, row.agent.id]) },
  is: { example: "is:unclaimed", says: Object.keys(STATES).join(", "), read: state },
  due: { example: "due:<15m", says: "time left: s, m, h, d", read: due },
  kind: { example: "kind:question", says: KINDS.join(", "), read: kind },
  error: { example: "error:PaymentError", says: "type of the error that failed it", read: name((row) => (row.error === null ? [] : [row.error])) },
  like: { example: "like:fal_0a", says: "failures that are alike, from a review’s page", read: like },
  run: { example: "run:nightly", says: "name or id of the run", read: name((row) => (row.run ? [row.run.name, row.run.id] : [])) },
  flag: { example: "flag:any", says: "any, none", read: flag },
};

const PART = /(-?)(?:([a-zA-Z]+):(?:"([^"]*)(?:"|$)|([^\s"]*))|"([^"]*)(?:"|$)|([^\s"]+))/g;

/** Splits a query into its parts; never fails. */
export function terms(query: string): Term[] {
  return [...query.matchAll(PART)].map(([, not, field, said, value, quoted, bare]) => ({
    not: not === "-",
    field: field?.toLowerCase() ?? null,
    text: said ?? value ?? quoted ?? bare ?? "",
    exact: (said ?? quoted) !== undefined,
  }));
}

/** The query of these parts: `terms` of it gives them back. */
export function written(parts: readonly Term[]): string {
  return parts.map((part) => `${part.not ? "-" : ""}${part.field ? `${part.field}:` : ""}${part.exact ? `"${part.text}"` : part.text}`).join(" ");
}

/** Understands a query: all of its parts have to be true of a row. */
export function understand(query: string): Query {
  const tests: Test[] = [];
  for (const term of terms(query)) {
    if (term.text === "" && (term.field === null || Object.hasOwn(FIELDS, term.field))) continue;
    const test = one(term);
    if (typeof test === "string") return { ok: false, problem: test };
    tests.push(term.not ? (row, reader) => !test(row, reader) : test);
  }
  return { ok: true, empty: tests.length === 0, test: (row, reader) => tests.every((test) => test(row, reader)) };
}

function one(term: Term): Test | string {
  if (term.field === null) return plain(term.text);
  const field = Object.hasOwn(FIELDS, term.field) ? FIELDS[term.field] : undefined;
  if (!field) {
    const known = Object.keys(FIELDS).join(", ");
    return `There is no field “${term.field}”. Fields are ${known}. To search for the words themselves, put them in quotation marks.`;
  }
  return field.read(term.text, term.exact);
}

function plain(text: string): Test {
  const sought = text.toLowerCase();
  return (row) => [row.name, row.gist, row.agent.name, row.failed ?? ""].some((where) => where.toLowerCase().includes(sought));
}

function name(of: (row: Row) => string[]): Field["read"] {
  return (text, exact) => {
    const sought = text.toLowerCase();
    const fits = (where: string): boolean => {
      if (exact) return where === sought;
      return sought.includes("*") ? glob(sought.split("*"), where) : where.includes(sought);
    };
    return (row) => of(row).some((where) => fits(where.toLowerCase()));
  };
}

/** Whether a text is made of these parts with anything between them. */
function glob(parts: readonly string[], text: string): boolean {
  const [first = "", ...rest] = parts;
  const last = rest.pop() ?? "";
  if (!text.startsWith(first) || !text.endsWith(last)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= text.length - last.length;
}

type Compare = (a: number, b: number) => boolean;
const SIGNS: Record<string, Compare> = {
  "<": (a, b) => a < b, "<=": (a, b) => a <= b, ">": (a, b) => a > b, ">=": (a, b) => a >= b, "": (a, b) => a === b,
};

function compared(text: string): [sign: Compare, given: boolean, value: string] {
  const sign = /^(?:[<>]=?)?/.exec(text)?.[0] ?? "";
  return [SIGNS[sign] as Compare, sign !== "", text.slice(sign.length).toLowerCase()];
}

function risk(text: string): Test | string {
  const [sign, , value] = compared(text);
  if (!RISKS.includes(value)) return `“${text}” is no risk. Write risk:high or risk:>=medium; risks are ${RISKS.join(", ")}.`;
  const sought = -rank(value as Row["risk"]);
  return (row) => sign(-rank(row.risk), sought);
}

function due(text: string): Test | string {
  const [sign, given, value] = compared(text);
  const [, number, unit] = /^(\d{1,6}(?:\.\d{1,3})?)(s|m|min|h|d)$/.exec(value) ?? [];
  const size = unit === undefined ? undefined : UNITS[unit];
  if (number === undefined || size === undefined) return `“${text}” is no time. Write due:<15m or due:>2h; units are s, m, h, d.`;
  const limit = Number(number) * size;
  const test = given ? sign : (SIGNS["<="] as Compare);
  return (row, reader) => test(row.deadline - reader.now, limit);
}

function state(text: string): Test | string {
  const found = Object.hasOwn(STATES, text.toLowerCase()) ? STATES[text.toLowerCase()] : undefined;
  return found ?? `A review cannot be “${text}”. After is: write one of ${Object.keys(STATES).join(", ")}.`;
}

function kind(text: string): Test | string {
  const sought = text.toLowerCase();
  return KINDS.includes(sought) ? (row) => row.kind === sought : `“${text}” is no kind. Kinds are ${KINDS.join(", ")}.`;
}

function like(text: string): Test | string {
  const sought = text.toLowerCase();
  return /^[a-z]{3}_[0-9a-z]{1,26}$/.test(sought) ? (row) => row.alike === sought : `“${text}” names no failures. Follow the link on the page of a review that failed.`;
}

function flag(text: string): Test | string {
  const sought = text.toLowerCase();
  if (sought !== "any" && sought !== "none") return `“${text}” says nothing of flags. Write flag:any or flag:none.`;
  return (row) => row.flags > 0 === (sought === "any");
}
