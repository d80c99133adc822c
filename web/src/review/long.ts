import { pieces } from "../text/drawn";

/** Characters of a text of an agent that are shown before it is folded. */
export const LONGEST = 2000;

/** The beginning of a drawn text too long to show, and how many characters stand behind it; a sign is never cut. */
export function folded(drawn: string): { head: string; hidden: number } | null {
  if (drawn.length <= LONGEST) return null;
  let head = "";
  for (const piece of pieces(drawn)) {
    const room = LONGEST - head.length;
    if (piece.text.length > room) {
      if (!piece.sign) head += piece.text.slice(0, room);
      break;
    }
    head += piece.text;
  }
  return { head, hidden: drawn.length - head.length };
}
