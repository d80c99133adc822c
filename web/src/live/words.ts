import type { Card, Row } from "../api/types";
import type { Link } from "./chain";

/** What tabs of one browser tell each other. */
export type Word =
  | { type: "news"; link: Link | null; now: number | null; rows: Row[]; cards?: Card[] }
  | { type: "again"; to: number }
  | { type: "state"; live: boolean; last: number | null; position: number | null }
  | { type: "ask" };

/** Reads what was said on the channel; a tab of another version may say what this one does not know. */
export function isWord(data: unknown): data is Word {
  const type = typeof data === "object" && data !== null && "type" in data ? data.type : null;
  return type === "news" || type === "again" || type === "state" || type === "ask";
}
