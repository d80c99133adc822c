/** Every key, in one table: handlers, hints, `aria-keyshortcuts` and the sheet of keys are made from it. */
export type Scope = "anywhere" | "inbox" | "review" | "oversight";

export interface Key {
  id: string;
  /** As `KeyboardEvent.key` says it, in lower case; `shift+` and `mod+` (Ctrl or ⌘) before it. */
  keys: readonly string[];
  label: string;
  scope: Scope;
  /** Also inside text fields. */
  typing?: boolean;
  /** Dead for a moment after the item changed: it would decide something that nobody has read. */
  decides?: boolean;
}

export const KEYS = [
  // Before `open`, which has the same key: where something waits to be confirmed, Enter confirms it.
  { id: "confirm", keys: ["enter"], label: "Confirm what you chose", scope: "review", decides: true },
  { id: "next", keys: ["j", "arrowdown"], label: "Next review", scope: "inbox" },
  { id: "previous", keys: ["k", "arrowup"], label: "Previous review", scope: "inbox" },
  { id: "open", keys: ["enter"], label: "Open the review", scope: "inbox" },
  { id: "back", keys: ["escape"], label: "Back to the list, or close what is open", scope: "anywhere", typing: true },
  { id: "search", keys: ["/"], label: "Search", scope: "inbox" },
  { id: "previous-tab", keys: ["["], label: "Previous tab", scope: "inbox" },
  { id: "next-tab", keys: ["]"], label: "Next tab", scope: "inbox" },
  { id: "claim", keys: ["c"], label: "Claim, or release", scope: "review", decides: true },
  { id: "approve", keys: ["a"], label: "Approve", scope: "review", decides: true },
  { id: "reject", keys: ["r"], label: "Reject", scope: "review", decides: true },
  { id: "send-back", keys: ["b"], label: "Send back for changes", scope: "review", decides: true },
  { id: "edit", keys: ["e"], label: "Edit the arguments", scope: "review" },
  { id: "note", keys: ["n"], label: "Write a note", scope: "review" },
  { id: "send", keys: ["mod+enter"], label: "Done with the text", scope: "review", typing: true, decides: true },
  { id: "comment", keys: ["q"], label: "Comment, or ask", scope: "review" },
  { id: "delegate", keys: ["d"], label: "Ask another person", scope: "review" },
  { id: "escalate", keys: ["u"], label: "Escalate", scope: "review" },
  { id: "unfold", keys: ["o"], label: "Open the next fold", scope: "review" },
  { id: "facts", keys: ["f"], label: "Form, JSON or difference", scope: "review" },
  { id: "option", keys: ["1", "2", "3", "4", "5", "6", "7", "8", "9"], label: "Option, or reason", scope: "review", decides: true },
  { id: "next-run", keys: ["j", "arrowdown"], label: "Next run", scope: "oversight" },
  { id: "previous-run", keys: ["k", "arrowup"], label: "Previous run", scope: "oversight" },
  { id: "choose", keys: ["x"], label: "Choose the run, or leave it", scope: "oversight" },
  { id: "pause", keys: ["p"], label: "Pause the run, or resume it", scope: "oversight", decides: true },
  { id: "interrupt", keys: ["i"], label: "Interrupt its step", scope: "oversight", decides: true },
  { id: "guide", keys: ["m"], label: "Tell its agent something", scope: "oversight" },
  { id: "stop", keys: ["shift+s"], label: "Stop: the run, or what is chosen", scope: "oversight", decides: true },
  { id: "undo", keys: ["z"], label: "Take the last decision back", scope: "anywhere" },
  { id: "theme", keys: ["t"], label: "Light or dark", scope: "anywhere" },
  { id: "help", keys: ["?"], label: "All keys", scope: "anywhere" },
] as const satisfies readonly Key[];

export type KeyId = (typeof KEYS)[number]["id"];

const NAMES: Record<string, string> = {
  arrowdown: "↓", arrowup: "↑", enter: "Enter", escape: "Esc", "mod+enter": "Ctrl Enter", "shift+s": "⇧S",
};

/** A key as it is printed on a hint. */
export function printed(key: string): string {
  return NAMES[key] ?? key.toUpperCase();
}

/** The entry of the table. */
export function keyOf(id: KeyId): Key {
  const found = KEYS.find((key) => key.id === id);
  if (!found) throw new RangeError(`no key ${id}`);
  return found;
}

/** What `aria-keyshortcuts` says of a key. */
export function shortcuts(id: KeyId): string {
  return keyOf(id)
    .keys.map((key) => key.replace("mod+", "Control+").replace("shift+", "Shift+"))
    .join(" ");
}
