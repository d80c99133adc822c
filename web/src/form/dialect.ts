/** The dialect of JSON Schema that stored calls use (`codec/schema_dialect.py`): numbers that travel as text are still numbers. */
import { type Json, LARGEST } from "./json";
import type { Schema } from "./resolve";

const BIG = /^-?[1-9]\d{15,1000}$/;
const BIG_FLOAT = /^-?(\d{16}\.0|[\d.]{1,30}e\+\d{1,3})$/;
const DECIMAL = /^\s*([+-]?)(?:(\d+)(?:\.(\d*))?|\.(\d+))(?:[eE]([+-]?\d{1,9}))?\s*$/;
const WIDEST = 5000;

/** A number without loss: `digits` times ten to the power of `power`. */
export interface Decimal {
  digits: bigint;
  power: number;
}

/** Whether a text is a number that travels as text since readers would round it. */
export function isBig(text: string): boolean {
  if (BIG.test(text)) return !Number.isSafeInteger(Number(text)) || BigInt(text) > LARGEST || BigInt(text) < -LARGEST;
  return BIG_FLOAT.test(text);
}

/** The number that a text writes, or null. */
export function decimal(text: string): Decimal | null {
  const [, sign, whole = "", part, bare, power] = DECIMAL.exec(text) ?? [];
  if (sign === undefined) return null;
  const after = part ?? bare ?? "";
  const digits = BigInt(whole + after || "0");
  return { digits: sign === "-" ? -digits : digits, power: Number(power ?? 0) - after.length };
}

/** The number that a value stands for; null for what bounds do not speak of. */
export function numberOf(value: Json, schema: Schema): Decimal | null {
  if (typeof value === "number") return decimal(String(value));
  if (typeof value !== "string") return null;
  return schema["format"] === "decimal" || isBig(value) ? decimal(value) : null;
}

/** Negative, zero or positive, as `a` is less than, equal to or more than `b`. */
export function compare(a: Decimal, b: Decimal): number {
  const signs = sign(a) - sign(b);
  if (signs || !a.digits) return signs;
  const sizes = size(a) - size(b);
  if (sizes) return sizes * sign(a);
  const least = Math.min(a.power, b.power);
  const [left, right] = [scaled(a, least), scaled(b, least)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Whether `a` is a multiple of `b`; true where the numbers are too far apart to tell. */
export function isMultiple(a: Decimal, b: Decimal): boolean {
  if (!b.digits || Math.abs(a.power - b.power) > WIDEST) return true;
  const least = Math.min(a.power, b.power);
  return scaled(a, least) % scaled(b, least) === 0n;
}

function sign({ digits }: Decimal): number {
  return digits < 0n ? -1 : digits > 0n ? 1 : 0;
}

function size({ digits, power }: Decimal): number {
  return String(digits < 0n ? -digits : digits).length + power;
}

function scaled({ digits, power }: Decimal, to: number): bigint {
  return digits * 10n ** BigInt(power - to);
}

const CLOCK = String.raw`([01]\d|2[0-3]):[0-5]\d(:[0-5]\d([.,]\d{1,9})?)?`;
const ZONE = String.raw`(Z|[+-]([01]\d|2[0-3]):?[0-5]\d(:[0-5]\d(\.\d{1,6})?)?)?`;
const TIME = new RegExp(`^${CLOCK}${ZONE}$`);
const AFTER_DATE = new RegExp(`^([T ]${CLOCK}${ZONE})?$`);
const DURATION = /^[+-]?P(?=.)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?$/;
const BASE64 = /^([A-Za-z0-9_-]{4})*([A-Za-z0-9_-]{2}==|[A-Za-z0-9_-]{3}=)?$/;

function isDate(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const [year = 0, month = 0, day = 0] = text.split("-").map(Number);
  return year > 0 && month > 0 && month < 13 && day > 0 && day <= new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
}

const FORMATS: Record<string, (text: string) => boolean> = {
  "date-time": (text) => isDate(text.slice(0, 10)) && AFTER_DATE.test(text.slice(10)),
  date: isDate,
  time: (text) => TIME.test(text),
  uuid: (text) => /^[0-9a-f]{32}$/i.test(text.replace("urn:", "").replace("uuid:", "").replace(/^[{}]+|[{}]+$/g, "").replaceAll("-", "")),
  decimal: (text) => decimal(text) !== null,
  duration: (text) => DURATION.test(text),
  base64url: (text) => BASE64.test(text),
};

/** Whether a text has a format; formats that the server does not check either are always met. */
export function hasFormat(name: unknown, text: string): boolean {
  return typeof name === "string" && Object.hasOwn(FORMATS, name) ? (FORMATS[name]?.(text) ?? true) : true;
}
