import type { Stop } from "../api/types";

export type Scope = "agent" | "tool" | "team" | "all";
export type Runs = "pause" | "stop" | "none";
/** What can be named in a stop: its drawn name, and as it is sent. */
export interface Target {
  words: string;
  value: string;
}

interface Directory {
  agents: { id: string }[];
  people: { groups?: readonly string[] }[];
  labels: Record<string, unknown>;
  names: Record<string, string>;
}

/** The agents and teams that a stop can name, by name. */
export function targets(directory: Directory): Record<"agent" | "team", Target[]> {
  const groups = new Set(directory.people.flatMap((one) => one.groups ?? []));
  return {
    agent: named(directory, directory.agents.map((one) => one.id), "name"),
    team: named(directory, [...groups], "handle"),
  };
}

function named(directory: Directory, ids: readonly string[], by: "name" | "handle"): Target[] {
  const found = ids.flatMap((id) => {
    const label = directory.labels[id];
    const value = typeof label === "object" && label !== null ? (label as Record<string, unknown>)[by] : undefined;
    return typeof value === "string" ? [{ words: directory.names[id] ?? value, value }] : [];
  });
  return found.sort((one, other) => (one.words < other.words ? -1 : 1));
}

/** What has to be typed to stop a scope. */
export function wordFor(scope: Scope): string {
  return scope === "all" ? "stop all" : "stop";
}

const SAID: Record<Scope, string> = {
  agent: "Nothing of this agent begins any more", tool: "No action of that name begins any more",
  team: "Nothing of that team’s agents begins any more", all: "Nothing of any agent begins any more",
};

/** What a stop means from now on, with what had begun before it. */
export function said(stop: Stop): string {
  const begun = stop.begun?.length ?? 0;
  return `${SAID[stop.state.scope]}, in any process.${begun ? ` ${begun} had begun before, and cannot be taken back.` : " Nothing of it was under way."}`;
}
