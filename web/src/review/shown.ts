import { getContext, setContext } from "svelte";
import type { Flag } from "../api/types";
import type { Change } from "../form/changes";
import type { Secrets } from "../form/secrets";
import type { Folds } from "./folds.svelte";
import type { Marks } from "./tree";

/** What a drawn value shows beside itself. The members are read when it is drawn, and may change. */
export interface Shown {
  readonly folds: Folds;
  readonly marks: Marks;
  readonly flags: Map<string, Flag[]>;
  /** The edits that stand exactly at a value, by its path. */
  readonly edits: Map<string, Change>;
  /** What stays covered wherever it is moved to. */
  readonly secrets: Secrets;
  undo(edit: Change): void;
}

const KEY = Symbol("shown");

export function show(shown: Shown): void {
  setContext(KEY, shown);
}

export function shown(): Shown {
  return getContext<Shown>(KEY);
}
