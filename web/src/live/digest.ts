import type { Card, Row } from "../api/types";
import type { StreamEvent } from "./events";
import type { Word } from "./words";

interface Told {
  now?: number;
  row?: Row;
  card?: Card;
  me?: string;
}

/**
 * What a piece of the stream means for every tab. `after` is the position before it, null where the stream has just
 * begun at its end.
 */
export function digest(events: readonly StreamEvent[], after: number | null): { words: Word[]; position: number | null } {
  const words: Word[] = [];
  let [now, from, to]: [number | null, number | null, number | null] = [null, after, after];
  let [rows, cards]: [Row[], Card[]] = [[], []];
  const flush = (): void => {
    const link = from !== null && to !== null ? { after: from, to } : null;
    if (link || now !== null || rows.length || cards.length) words.push({ type: "news", link, now, rows, ...(cards.length ? { cards } : {}) });
    [now, rows, cards, from] = [null, [], [], to];
  };
  for (const event of events) {
    const told = read(event.data);
    if (event.id !== null) to = Number(event.id);
    from ??= to;
    if (event.type === "reset" && to !== null) {
      [rows, cards, from] = [[], [], to];
      words.push({ type: "again", to });
    }
    if (told.row) rows.push(told.row);
    if (told.card) cards.push(told.card);
    now = told.now ?? now;
  }
  flush();
  return { words, position: to };
}

/** Whether the stream greets somebody else than who is here: the browser's session is another person's by now. */
export function foreign(events: readonly StreamEvent[], me: string | null): boolean {
  const greeted = events.filter((event) => event.type === "hello").map((event) => read(event.data).me);
  return me !== null && greeted.some((id) => id !== undefined && id !== me);
}

function read(data: string): Told {
  try {
    return JSON.parse(data) as Told;
  } catch {
    return {};
  }
}
