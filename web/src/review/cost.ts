/** What a person has to do until an outcome counts: dearer where more can go wrong. */
export type Step = "at once" | "confirm" | "type" | "reason" | "note";

/** Outcomes that let bytes run. */
export const RUNS: ReadonlySet<string> = new Set(["approve", "edit", "retry"]);

/** Outcomes that say no. */
export const NO: ReadonlySet<string> = new Set(["reject", "abort", "wrong"]);

const GIVEN: Record<string, Step> = {
  reject: "reason",
  abort: "reason",
  send_back: "note",
  supply: "confirm",
  skip: "confirm",
  happened: "confirm",
  not_happened: "confirm",
  right: "at once",
  wrong: "reason",
};

/** The step before an outcome, by the risk of the action. */
export function stepOf(outcome: string, risk: string): Step {
  const given = GIVEN[outcome];
  if (given) return given;
  if (risk === "critical") return "type";
  return risk === "high" ? "confirm" : "at once";
}

/** Whether an outcome still is the one that lets run what the page shows: edits made since make it another. */
export function stands(outcome: string, main: string | null): boolean {
  return !RUNS.has(outcome) || outcome === main;
}

/** Whether the typed name is that of the action. */
export function names(typed: string, name: string): boolean {
  return typed.trim() === name;
}
