import type { Happening } from "../api/types";

export interface Entry {
  moment: Happening;
  /** How often the same happened in a row. */
  times: number;
}

/** Moments in their order, the same ones in a row as one. */
export function folded(moments: readonly Happening[]): Entry[] {
  const found: Entry[] = [];
  for (const moment of moments) {
    const last = found.at(-1);
    if (last && alike(last.moment, moment)) last.times += 1;
    else found.push({ moment, times: 1 });
  }
  return found;
}

function alike(one: Happening, other: Happening): boolean {
  if (!["step", "failed", "call", "note"].includes(one.what) || one.until === null) return false;
  return one.what === other.what && one.words === other.words && one.value === other.value;
}

const TITLES: Record<string, string> = {
  step: "Step", failed: "Step failed", call: "Call", note: "Note", pause: "Pause asked", interrupt: "Interrupt asked",
  resume: "Resumed", stop: "Stop asked", guide: "Told", alarm: "A monitor paused it", lapsed: "Its process was lost",
  cleaned: "Cleaned up", not_cleaned: "Clean-up failed", entered: "Another process goes on", faulted: "Left by an error",
  finished: "Finished", ended: "Failed",
};
const TONES: Record<string, string> = {
  failed: "bad", not_cleaned: "bad", ended: "bad", lapsed: "bad", faulted: "bad", alarm: "bad", call: "think", note: "think",
  step: "tool", cleaned: "tool", entered: "think", finished: "ok", resume: "human", pause: "human", interrupt: "human",
  stop: "human", guide: "human",
};
const BAD = new Set(["failed", "refused", "withdrawn", "unknown", "skipped"]);

/** What a moment is, in Handrail's own words. */
export function title(moment: Happening): string {
  return TITLES[moment.what] ?? moment.what;
}

/** The colour of its dot. */
export function tone(moment: Happening): string {
  if (moment.what !== "action") return TONES[moment.what] ?? "think";
  if (moment.status === "held") return "human";
  return BAD.has(moment.status ?? "") ? "bad" : "tool";
}
