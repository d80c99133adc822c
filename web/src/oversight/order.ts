import type { Card } from "../api/types";

export type Order = "need" | "newest" | "cost";

/** How much a run needs people, the most first. */
export const NEEDS = ["stuck", "waiting", "costly", "running", "ended"] as const;
export type Need = (typeof NEEDS)[number];

/** What decides where a card stands and whether it is shown, as text: all else can change without moving anything. */
export function place(card: Card, order: Order): string {
  return [card.need, card.status, card.ended_at, order === "cost" ? card.spend : ""].join(" ");
}

/** Whether a run is over for good. */
export function over(card: Card): boolean {
  return card.status === "finished" || card.status === "failed" || card.status === "stopped";
}

function since(card: Card): number {
  return over(card) ? -(card.ended_at ?? 0) : card.opened_at;
}

function byNeed(one: Card, other: Card): number {
  return (
    NEEDS.indexOf(one.need) - NEEDS.indexOf(other.need) ||
    Number(over(one)) - Number(over(other)) ||
    since(one) - since(other) ||
    (one.id < other.id ? -1 : 1)
  );
}

const ORDERS: Record<Order, (one: Card, other: Card) => number> = {
  need: byNeed,
  newest: (one, other) => other.opened_at - one.opened_at || byNeed(one, other),
  cost: (one, other) => other.spend - one.spend || byNeed(one, other),
};

/** The cards as they stand on the wall. */
export function arrange(cards: readonly Card[], order: Order): Card[] {
  return [...cards].sort(ORDERS[order]);
}

export type Counts = Record<Need, number>;

/** How many runs need what. */
export function counts(cards: readonly Card[]): Counts {
  const found: Counts = { stuck: 0, waiting: 0, costly: 0, running: 0, ended: 0 };
  for (const card of cards) found[card.need] += 1;
  return found;
}
