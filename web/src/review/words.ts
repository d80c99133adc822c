import type { Page, Wait, Who } from "../api/types";

import { RUNS } from "./cost";

/** What people call somebody, without the kind before it: `user:ann` is ann. */
export function called(who: Who): string {
  return who.name.replace(/^(user|group):/, "");
}

/** Parts as a list in a sentence: `a`, `a and b`, `a, b and c`. */
export function listed(parts: readonly string[]): string {
  return parts.length > 1 ? `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}` : (parts[0] ?? "");
}

/** A sentence with a capital at its start. */
export function sentence(words: string): string {
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}

const ENDS: Record<string, string> = {
  reject: "rejected",
  approve: "it runs",
  answer: "the default answer is given",
  close: "it closes and nothing changes",
};

/** What is known of how long it will still wait, as a sentence; nothing where too little is. */
export function foretold(wait: Wait | undefined): string | null {
  if (wait?.known === "nobody_online") return "No reviewer is online.";
  if (wait?.known === "long_queue") return "The queue is too long to tell how long it takes.";
  if (wait?.known !== "range") return null;
  const before = (wait.position ?? 1) - 1;
  return `Probably decided in ${wait.text}${before > 0 ? `, ${before} before it` : ""}.`;
}

const UNANSWERED: Record<string, string> = {
  attempts_failed: "it fails",
  outcome_unknown: "it stays unknown",
  sampled: "the review closes and nothing changes",
};

/** What happens if nobody decides on a review that was opened for a cause. */
export function ending(atEnd: string, cause = "held"): string {
  const unanswered = UNANSWERED[cause];
  if (unanswered) return unanswered;
  if (atEnd.startsWith("escalate:")) return `it goes on to ${atEnd.slice(9).replace(/^(user|group):/, "")}`;
  return ENDS[atEnd] ?? `the outcome is “${atEnd}”`;
}

const DONE: Record<string, string> = {
  approve: "approved",
  edit: "approved with edits",
  reject: "rejected",
  send_back: "sent back",
  answer: "answered",
  retry: "sent into another attempt",
  supply: "given its result by hand",
  skip: "skipped",
  abort: "aborted",
  happened: "said to have happened",
  not_happened: "said not to have happened",
  right: "found right",
  wrong: "found wrong",
};

/** Why nobody decides any more, before the server has said so. */
export const TIMED = "The time is over, and the outcome chosen for that case stands.";

/** What was decided, after “was” or a name. */
export function done(outcome: string): string {
  return DONE[outcome] ?? outcome.replaceAll("_", " ");
}

const DO: Record<string, string> = {
  approve: "Approve",
  edit: "Approve",
  reject: "Reject",
  send_back: "Send back",
  answer: "Answer",
  retry: "Retry",
  supply: "Supply the result",
  skip: "Skip it",
  abort: "Abort",
  happened: "It happened",
  not_happened: "It did not happen",
  right: "Right",
  wrong: "Wrong",
};

const BY_KIND: Record<string, Record<string, string>> = {
  check: { approve: "Accept", edit: "Correct" },
  exception: { edit: "Retry" },
};

/** What a button says that ends a review of a kind. */
export function verb(outcome: string, kind = ""): string {
  return BY_KIND[kind]?.[outcome] ?? DO[outcome] ?? sentence(outcome.replaceAll("_", " "));
}

const MEANS: Record<string, string> = {
  retry: "It is tried again with the same arguments.",
  supply: "The agent gets your result instead. Nothing runs again.",
  skip: "The agent goes on without it. Nothing runs again.",
  abort: "The action fails, and the agent is told why.",
  happened: "It took effect. Nothing runs again.",
  not_happened: "It had no effect. The action fails, and the agent is told.",
  send_back: "The agent is told what to change, and may ask again.",
  right: "It ran already. Your answer is what the system learns from.",
  wrong: "It ran already, and nothing is undone. Your answer is what the system learns from.",
  reject: "It does not run. The agent is told why.",
};

/** What follows from an outcome. */
export function meaning(outcome: string): string {
  return MEANS[outcome] ?? "";
}

/** Reasons to say no, each under its number key. */
export const REASONS = [
  "Not needed",
  "Wrong target",
  "Wrong amount or value",
  "Already done",
  "Too risky",
  "Against our rules",
  "Not enough to decide on",
] as const;

/** A reason and a note as one text, or nothing. */
export function because(reason: string | null, note: string): string | null {
  const text = note.trim();
  if (reason === null) return text || null;
  return text ? `${reason}. ${text}` : reason;
}

/** What a toast says after a decision. */
export function toldOf(outcome: string, status: string, page: Page): string {
  const name = page.row.name;
  if (status !== "decided" && RUNS.has(outcome)) {
    const more = outcome === "edit" ? "Others have to agree to the edited arguments." : `${page.row.missing - 1 || "Another"} more needed.`;
    return `Your approval of ${name} counts. ${more}`;
  }
  if (page.question) return outcome === "answer" ? "Answered." : `Question ${done(outcome)}.`;
  return `${name} was ${done(outcome)}.`;
}

/** A digest short enough to compare by eye, as the terminal writes it: `sha256 9f3c 51d0 … e21a`. */
export function digest(text: string): string {
  const value = text.slice(text.lastIndexOf(":") + 1);
  const name = text.includes(":") ? text.slice(0, text.lastIndexOf(":")) : "sha256";
  return value.length <= 12 ? `${name} ${value}` : `${name} ${value.slice(0, 4)} ${value.slice(4, 8)} … ${value.slice(-4)}`;
}
