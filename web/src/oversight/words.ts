import type { Card } from "../api/types";
import type { IconName } from "../ui/icons";
import { count, span } from "../ui/words";
import { over } from "./order";

export interface Chip {
  words: string;
  tone: "" | "accent" | "warn" | "bad" | "ok";
  icon?: IconName;
}

const ALARMS: Record<string, string> = {
  spend: "Spend limit", steps: "Step limit", duration: "Runs too long", repeated: "Loop", errors: "Too many errors",
  silence: "Silent", unattended: "Nobody may stop it",
};
const WHY: Record<string, string> = {
  spend: "It has spent what its monitor allows.", steps: "It has taken as many steps as its monitor allows.",
  duration: "It runs longer than its monitor allows.", repeated: "It made the same call again and again.",
  errors: "Too many of its last steps failed.", silence: "Nothing was heard of it for too long.",
  unattended: "Nobody was there who may stop it.",
};
const ENDS: Record<string, Chip> = {
  finished: { words: "Finished", tone: "ok", icon: "check" }, failed: { words: "Failed", tone: "bad", icon: "warning" },
  stopped: { words: "Stopped", tone: "", icon: "stop" },
};
/** What a control is called: asked for, and in force. */
const ASKED: Record<string, string> = { pause: "Pause", interrupt: "Interrupt", resume: "Resume", stop: "Stop" };

/** The one thing that a card says of its run in a chip; null where all is as usual. */
export function chip(card: Card): Chip | null {
  if (over(card)) return ENDS[card.status] ?? null;
  if (card.lost) return { words: "Lost", tone: "bad", icon: "warning" };
  if (card.alone) return { words: ALARMS["unattended"] ?? "", tone: "bad", icon: "warning" };
  if (card.status === "paused") {
    return card.alarm ? { words: ALARMS[card.alarm] ?? card.alarm, tone: "bad", icon: "loop" } : { words: "Paused", tone: "", icon: "pause" };
  }
  return card.asking ? { words: card.asking > 1 ? `${card.asking} waiting` : "Waiting", tone: "warn", icon: "person" } : null;
}

/** Why a run needs people, in one sentence; null where it does not. */
export function why(card: Card): string | null {
  if (card.status === "failed") return "It ended with an error.";
  if (over(card)) return card.cleanups.failed + card.cleanups.lost > 0 ? "It was not cleaned up after." : null;
  if (card.lost) return "Its process was not heard of for a minute. Nothing of it starts until it comes back.";
  if (card.alone) return WHY["unattended"] ?? null;
  if (card.status === "paused" && card.alarm) return spoke(card.alarm);
  return null;
}

/** Why a monitor paused a run. */
export function spoke(kind: string): string {
  return WHY[kind] ?? "A monitor spoke.";
}

/** How far what was asked of a run has come: `Stop asked by ann`, then `confirmed`. */
export function asked(card: Card, now: number): { words: string; waits: boolean } | null {
  const made = card.control;
  if (!made || made.kind === "resume") return null;
  const by = made.by.id === "handrail" ? "a monitor" : made.by.name.replace(/^user:/, "");
  const what = `${ASKED[made.kind] ?? made.kind} asked by ${by}`;
  if (made.confirmed_at === null) return { words: `${what}, not confirmed for ${span(now - made.at)}`, waits: true };
  return { words: `${what}, confirmed in ${short(made.confirmed_at - made.at)}`, waits: false };
}

/** A short span: `0.3 s`, `12 s`, `2 min`. */
export function short(micros: number): string {
  if (micros < 10e6) return `${(Math.max(0, micros) / 1e6).toFixed(1)} s`;
  return micros < 120e6 ? `${Math.round(micros / 1e6)} s` : span(micros);
}

/** Millionths of the currency unit, as an amount. The unit is the agent's: none is shown. */
export function money(millionths: number): string {
  const units = millionths / 1e6;
  return units.toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: units !== 0 && Math.abs(units) < 0.01 ? 6 : 2 });
}

/** What a run has used of what its monitor lets it spend; null where none watches that. */
export function budget(card: Card): { used: number; limit: number } | null {
  const found = card.monitors.find((one) => one.kind === "spend");
  if (!found) return null;
  const limit = found.limit * (found.spoken + (card.status === "paused" && card.alarm === "spend" ? 0 : 1));
  return { used: Math.min(1, card.spend / Math.max(1, limit)), limit };
}

/** A number of tokens: `912`, `212k`. */
export function thousands(number: number): string {
  if (number < 10_000) return number.toLocaleString("en");
  return number < 1e6 ? `${Math.round(number / 1e3)}k` : `${(number / 1e6).toFixed(1)}M`;
}

/** What a run has done, in short. */
export function done(card: Card): string {
  const parts = [count(card.steps, "step")];
  if (card.errors) parts.push(count(card.errors, "error"));
  if (card.tokens) parts.push(`${thousands(card.tokens)} tokens`);
  return parts.join(", ");
}

/** A monitor in words, with its limit. */
export function monitor(kind: string, limit: number): string {
  switch (kind) {
    case "spend": return `spends ${money(limit)}`;
    case "steps": return `takes ${count(limit, "step")}`;
    case "duration": return `runs for ${short(limit)}`;
    case "repeated": return `makes the same call ${count(limit, "time")} in a row`;
    case "errors": return `fails in ${limit} % of its last steps`;
    case "silence": return `says nothing for ${short(limit)}`;
    default: return `has nobody who may stop it for ${short(limit)}`;
  }
}
