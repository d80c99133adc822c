import type { Card } from "../api/types";

export type Kind = "think" | "step" | "failed" | "person" | "paused";
/** A bar on one of three rows, from and to in shares of the time that is shown. */
export interface Span {
  kind: Kind;
  from: number;
  to: number;
}

/** How much time is shown, in µs. */
export const SHOWN = 600e6;
/** Shares below which a bar could not be seen. */
const LEAST = 0.004;

/** The last ten minutes of a run: what it did, and between that what it thought. */
export function spans(card: Card, now: number): Span[] {
  const end = card.ended_at ?? now;
  const begin = end - SHOWN;
  const at = (time: number): number => Math.min(1, Math.max(0, (time - begin) / SHOWN));
  const drawn = card.lanes.filter((one) => (one.end ?? end) >= begin && one.begin <= end);
  const spans: Span[] = drawn.map((one) => wide({ kind: one.kind, from: at(one.begin), to: at(one.end ?? end) }));
  return [...thought(drawn.map((one) => [one.begin, one.end ?? end]), Math.max(card.opened_at, begin), end).map(([from, to]): Span => ({ kind: "think", from: at(from), to: at(to) })), ...spans];
}

function wide(span: Span): Span {
  if (span.to - span.from >= LEAST) return span;
  return span.from + LEAST > 1 ? { ...span, from: 1 - LEAST, to: 1 } : { ...span, to: span.from + LEAST };
}

/** What lies between the busy stretches. */
function thought(busy: [number, number][], begin: number, end: number): [number, number][] {
  const found: [number, number][] = [];
  let free = begin;
  for (const [from, to] of busy.sort(([one], [other]) => one - other)) {
    if (from > free) found.push([free, from]);
    free = Math.max(free, to);
  }
  if (end > free) found.push([free, end]);
  return found.filter(([from, to]) => to - from >= SHOWN * LEAST);
}

const ROWS: Record<Kind, readonly [number, number]> = { think: [3, 9], step: [15, 9], failed: [15, 9], person: [27, 9], paused: [27, 9] };

/** The bars of one kind as a path in a box of that width. */
export function path(all: readonly Span[], kind: Kind, width: number): string {
  const [top, height] = ROWS[kind];
  return all
    .filter((one) => one.kind === kind)
    .map((one) => `M${(one.from * width).toFixed(1)} ${top}h${Math.max(1, (one.to - one.from) * width).toFixed(1)}v${height}h-${Math.max(1, (one.to - one.from) * width).toFixed(1)}z`)
    .join("");
}
