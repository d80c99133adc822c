import type { Said } from "./state.svelte";

export interface EditorProps {
  schema: object | null;
  original: unknown;
  /** Plain JSON; hold it in `$state.raw`. */
  value: unknown;
  /** What the server said about this value. */
  problems?: readonly Said[];
  valid?: boolean;
  /** The text of the JSON view while it is broken, so that it can be kept over a reload. */
  draft?: string | null;
  /** Places whose values are covered, as the page's nodes name them (`args.token`). */
  masked?: readonly string[];
  focusFirst?: boolean;
}

export interface AnswerProps {
  schema: object | null;
  /** `text` is drawn text. */
  options: readonly { text: string; value: unknown }[] | null;
  /** Plain JSON, undefined as long as nothing is answered; hold it in `$state.raw`. */
  value: unknown;
  valid?: boolean;
  problems?: readonly Said[];
  focusFirst?: boolean;
}
