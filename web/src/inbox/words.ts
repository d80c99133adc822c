import type { Row, Wait } from "../api/types";

const ENDS: Record<string, string> = {
  approve: "Approved by", edit: "Approved with edits by", reject: "Rejected by", send_back: "Sent back by",
  answer: "Answered by", retry: "To be tried again, says", supply: "Result supplied by", skip: "Skipped by",
  abort: "Aborted by", happened: "It happened, says", not_happened: "It did not happen, says",
  right: "Found right by", wrong: "Found wrong by",
};
const TIMED_OUT: Record<string, string> = {
  reject: "Timed out: rejected", approve: "Timed out: approved", answer: "Timed out: default answer",
};

/** What a review asks for, as its chip says. */
export function kindOf(row: Row): string {
  if (row.kind === "question") return "Question";
  if (row.kind === "approval") return "Approval";
  if (row.kind === "check") return "Check";
  if (row.kind === "sample") return "Sample";
  return row.cause === "outcome_unknown" ? "Outcome unknown" : "Exception";
}

/** How a review ended, and by whom if a person did it; null while it waits. */
export function ending(row: Row): { words: string; by: string | null } | null {
  if (row.decision && row.status === "decided") {
    const outcome = row.decision.edited && row.decision.outcome === "approve" ? "edit" : row.decision.outcome;
    return { words: ENDS[outcome] ?? `${outcome}, says`, by: row.decision.by.name };
  }
  if (row.status === "expired") return { words: TIMED_OUT[row.at_end] ?? "Timed out", by: null };
  if (row.status === "withdrawn") return { words: "Withdrawn by the agent", by: null };
  if (row.status === "superseded") return { words: "Superseded", by: null };
  return null;
}

/** `ok`, `bad` or nothing: the colour of an ending. */
export function colour(row: Row): "ok" | "bad" | "" {
  const outcome = row.status === "decided" ? (row.decision?.outcome ?? "") : "";
  if (["approve", "edit", "answer", "retry", "supply", "happened"].includes(outcome)) return "ok";
  return ["reject", "abort"].includes(outcome) || row.status === "expired" ? "bad" : "";
}

/** How long it will probably still wait, short: `about 12 min`; nothing where nobody can tell. */
export function expected(wait: Wait | undefined): string | null {
  return wait?.known === "range" ? (wait.text.split(" (")[0] ?? null) : null;
}

const MINUTE = 60e6;
const two = (number: number): string => String(number).padStart(2, "0");

/** The time that is left, short: `6:42`, `34 min`, `2 h 05`, `3 d`. */
export function left(micros: number): string {
  const seconds = Math.max(0, Math.ceil(micros / 1e6));
  if (micros <= 15 * MINUTE) return `${Math.floor(seconds / 60)}:${two(seconds % 60)}`;
  const minutes = Math.floor(micros / MINUTE);
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ${two(minutes % 60)}`;
  return `${Math.floor(minutes / 1440)} d`;
}

/** The part of the time that is left, from 0 to 1. */
export function share(row: Row, now: number): number {
  const whole = row.deadline - row.opened_at;
  return whole > 0 ? Math.min(1, Math.max(0, (row.deadline - now) / whole)) : 0;
}

/** Calm until a quarter is left. */
export function urgency(part: number): "" | "soon" | "hot" {
  if (part <= 0.1) return "hot";
  return part <= 0.25 ? "soon" : "";
}

/** The time of day, or the day if it is another one. */
export function moment(at: number, now: number): string {
  const [when, today] = [new Date(at / 1000), new Date(now / 1000)];
  if (when.toDateString() === today.toDateString()) return when.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  return when.toLocaleDateString("en-GB", { day: "numeric", month: "short" });
}
