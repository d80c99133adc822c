import type { Row } from "../api/types";

/** Of two readings of a row the later one; at the same position the one that came last, as names may have changed. */
export function later(known: Row | undefined, row: Row): Row {
  return known && known.v > row.v ? known : row;
}

/** What decides where a row stands, as text: others can change without moving anything. */
export function place(row: Row): string {
  const members = [...row.asked, "", ...row.barred, "", ...row.votes.map((vote) => vote.id)];
  return [row.status, row.risk, row.deadline, row.alike, ...members].join(" ");
}
