/** What a person has begun, kept in this tab until it is decided. `args` and `answer` are there only once touched. */
export interface Draft {
  /** The digest of the view that it was begun on. */
  view: string;
  note: string;
  comment: string;
  reason: string | null;
  args?: unknown;
  /** The JSON of the arguments while it is broken. */
  text?: string | null;
  answer?: unknown;
}

type Kept = Pick<Storage, "getItem" | "setItem" | "removeItem">;
type All = Kept & Pick<Storage, "key" | "length">;
const KEY = "handrail.draft.";
const OWNER = "handrail.drafts";

/** The draft of a review, or nothing. One that cannot be read counts as none. */
export function read(id: string, storage: Kept = sessionStorage): Draft | null {
  try {
    const found = JSON.parse(storage.getItem(KEY + id) ?? "null") as unknown;
    return isDraft(found) ? found : null;
  } catch {
    return null;
  }
}

/** Keep a draft; an empty one is forgotten. Returns whether there was room for it. */
export function keep(id: string, draft: Draft, storage: Kept = sessionStorage): boolean {
  try {
    if (empty(draft)) storage.removeItem(KEY + id);
    else storage.setItem(KEY + id, JSON.stringify(draft));
    return true;
  } catch {
    return false;
  }
}

/** Forget the draft of a review. */
export function drop(id: string, storage: Kept = sessionStorage): void {
  storage.removeItem(KEY + id);
}

/** Forget all drafts. */
export function forget(storage: All = sessionStorage): void {
  const keys = Array.from({ length: storage.length }, (_, at) => storage.key(at) ?? "");
  for (const key of keys) if (key.startsWith(KEY)) storage.removeItem(key);
}

/** From now on drafts are of this person: those of somebody else who was here before are forgotten. */
export function belong(to: string, storage: All = sessionStorage): void {
  if (storage.getItem(OWNER) === to) return;
  forget(storage);
  try {
    storage.setItem(OWNER, to);
  } catch {
    // Without room for a name there is none for a draft either.
  }
}

/** Whether nothing was begun. */
export function empty(draft: Draft): boolean {
  const { note, comment, reason, args, answer, text } = draft;
  return !note && !comment && !text && reason === null && args === undefined && answer === undefined;
}

function isDraft(found: unknown): found is Draft {
  if (typeof found !== "object" || found === null) return false;
  const { view, note, comment, reason } = found as Record<string, unknown>;
  const texts = [view, note, comment].every((text) => typeof text === "string");
  return texts && (reason === null || typeof reason === "string");
}
