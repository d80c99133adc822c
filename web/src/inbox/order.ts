import type { Row } from "../api/types";

/** One line of the list: a review, or several that are alike and folded into one. */
export interface Item {
  /** Stays the same while members come and go. */
  key: string;
  /** The first member. */
  id: string;
  members: readonly string[];
}

export interface Group {
  key: string;
  title: string;
  items: readonly Item[];
}

const RISKS = ["critical", "high", "medium", "unrated", "low"] as const;
const SOON = 15 * 60e6;

/** The place of a risk: 0 is the highest. What nobody rated stands between medium and low, as in the store. */
export function rank(risk: Row["risk"]): number {
  return RISKS.indexOf(risk);
}

/** Whether people can still decide it. */
export function waits(row: Row): boolean {
  return row.status === "open" || row.status === "claimed";
}

/** Whether little time is left: 15 minutes. */
export function soon(row: Row, now: number): boolean {
  return row.deadline - now <= SOON;
}

/** By risk, then by deadline, then by id. */
export function compare(one: Row, other: Row): number {
  return rank(one.risk) - rank(other.risk) || one.deadline - other.deadline || (one.id < other.id ? -1 : 1);
}

/** Newest first, by when they were opened. */
export function newest(one: Row, other: Row): number {
  return other.opened_at - one.opened_at || (one.id < other.id ? 1 : -1);
}

function due(row: Row, now: number): readonly [key: string, title: string] {
  if (soon(row, now)) return ["soon", "Due within 15 minutes"];
  const [today, day] = [new Date(now / 1000), new Date(row.deadline / 1000)];
  if (day.toDateString() === today.toDateString()) return ["today", "Today"];
  today.setDate(today.getDate() + 1);
  return day.toDateString() === today.toDateString() ? ["tomorrow", "Tomorrow"] : ["later", "Later"];
}

const GROUPS = ["soon", "today", "tomorrow", "later"];

/** Rows by due time, in it by risk and deadline; those alike and due alike are folded. `now` is in µs. */
export function arrange(rows: readonly Row[], now: number): Group[] {
  const groups = new Map<string, { title: string; rows: Row[] }>();
  for (const row of [...rows].sort(compare)) {
    const [key, title] = due(row, now);
    const group = groups.get(key) ?? { title, rows: [] };
    groups.set(key, group);
    group.rows.push(row);
  }
  return GROUPS.flatMap((key) => {
    const group = groups.get(key);
    return group ? [{ key, title: group.title, items: fold(group.rows) }] : [];
  });
}

/** Rows that are alike as one item, where the first of them stands. */
export function fold(rows: readonly Row[]): Item[] {
  const alike = new Map<string, string[]>();
  const items: { key: string; id: string; members: string[] }[] = [];
  for (const row of rows) {
    const known = row.alike === null ? undefined : alike.get(row.alike);
    if (known) {
      known.push(row.id);
      continue;
    }
    const members = [row.id];
    if (row.alike !== null) alike.set(row.alike, members);
    items.push({ key: row.alike ?? row.id, id: row.id, members });
  }
  return items;
}

/** The reviews of a list, in its order. */
export function ids(groups: readonly Group[]): string[] {
  return groups.flatMap((group) => group.items.flatMap((item) => item.members));
}

/** The first so many items. */
export function first(groups: readonly Group[], most: number): Group[] {
  let left = most;
  return groups.flatMap((group) => {
    const items = group.items.slice(0, left);
    left -= items.length;
    return items.length ? [{ ...group, items }] : [];
  });
}

/** The reviews that can be gone to one after another: a batch that is folded is its first one. */
export function stops(groups: readonly Group[], open: (key: string) => boolean): string[] {
  return groups.flatMap((group) => group.items.flatMap((item) => (open(item.key) ? item.members : [item.id])));
}

/** Where to go from a review: its neighbour in `now`; one that has left is followed by what stood next to it `before`. */
export function neighbour(before: readonly string[], now: readonly string[], from: string | null, step: 1 | -1): string | null {
  const here = from === null ? -1 : now.indexOf(from);
  if (here >= 0) return now[here + step] ?? from;
  const [top, bottom] = [now[0] ?? null, now.at(-1) ?? null];
  const at = from === null ? -1 : before.indexOf(from);
  if (at < 0) return step > 0 ? top : bottom;
  for (let next = at + step; next >= 0 && next < before.length; next += step) {
    const id = before[next];
    if (id !== undefined && now.includes(id)) return id;
  }
  return step > 0 ? bottom : top;
}

/** What differs between the list that is shown and the one that should be: new reviews, and whether only places do. */
export function behind(shown: readonly Group[], wanted: readonly Group[], gone: (id: string) => boolean): { fresh: number; moved: boolean } {
  const [old, next] = [ids(shown), ids(wanted)];
  const known = new Set(old);
  const fresh = next.filter((id) => !known.has(id)).length;
  const left = (groups: readonly Group[]): string =>
    groups.map((group) => `${group.key}:${group.items.flatMap((item) => item.members.filter((id) => !gone(id))).join()}`).filter((text) => !text.endsWith(":")).join(";");
  return { fresh, moved: fresh === 0 && left(shown) !== left(wanted) };
}
