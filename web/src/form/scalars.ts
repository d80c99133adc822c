/** One line of text and the value that it stands for: types are kept, so that 42 never becomes "42". */
import { isBig } from "./dialect";
import { type Json, LARGEST } from "./json";

const INTEGER = /^[+-]?\d{1,1000}$/;
const NUMBER = /^[+-]?\d{1,400}(\.\d{1,400})?([eE][+-]?\d{1,3})?$/;

export type NumberKind = "integer" | "number";

/** A number, or a big one that travels as text, as a field shows it. */
export function readNumber(value: Json | undefined): string {
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
  return typeof value === "string" ? value : "";
}

/** The value that typed text stands for, big numbers as text; undefined where it is no such number. `was` is kept where it is shown alike. */
export function writeNumber(kind: NumberKind, typed: string, was?: Json): Json | undefined {
  const text = typed.trim();
  if (typeof was === "number" && text === readNumber(was)) return was;
  if (INTEGER.test(text)) return whole(text);
  if (kind === "integer" || !NUMBER.test(text)) return isBig(text) ? text : undefined;
  const number = Number(text);
  if (!Number.isFinite(number)) return undefined;
  return Math.abs(number) <= LARGEST ? number : asPython(number);
}

/** What a field asks for where it cannot read what was typed. */
export function wantedNumber(kind: NumberKind): string {
  return kind === "integer" ? "Must be a whole number: digits, with or without a sign." : "Must be a number: digits and at most one point.";
}

function whole(text: string): Json {
  const number = Number(text);
  if (Math.abs(number) <= LARGEST) return number;
  return text.replace(/^\+/, "").replace(/^(-?)0+(?=\d)/, "$1");
}

/** A large float as it travels: `9007199254740994.0`, `1e+17`. */
function asPython(number: number): string {
  const [digits = "", power = ""] = number.toExponential().split("e+");
  return Number(power) < 16 ? `${BigInt(number)}.0` : `${digits}e+${power.padStart(2, "0")}`;
}

/** A choice in words; text stands in quotes where other types stand beside it. */
export function choiceWords(choice: Json, mixed: boolean): string {
  return typeof choice === "string" && !mixed ? choice : JSON.stringify(choice);
}
