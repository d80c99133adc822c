import { diffWordsWithSpace } from "diff";

/** A stretch of a text that was compared with another. */
export interface Stretch {
  text: string;
  change: "none" | "gone" | "new";
}

/** Two texts compared word by word. */
export function byWord(before: string, after: string): Stretch[] {
  return diffWordsWithSpace(before, after).map(({ value, added, removed }) => ({
    text: value,
    change: added ? "new" : removed ? "gone" : "none",
  }));
}
