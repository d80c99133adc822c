import type { Row } from "../api/types";

/** What decides where a row stands, as text: others can change without moving anything. */
export function place(row: Row): string {
  const members = [...row.asked, "", ...row.barred, "", ...row.votes.map((vote) => vote.id)];
  return [row.status, row.risk, row.deadline, row.alike, ...members].join(" ");
}
