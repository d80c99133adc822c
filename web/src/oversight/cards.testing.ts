import fc from "fast-check";
import type { Card } from "../api/types";

/** A card for tests: a run that goes on, with what is given. */
export function card(given: Partial<Card> = {}): Card {
  return {
    id: "run_a", v: 1, rev: 1, status: "running", need: "running", agent: { id: "agt_1", name: "agent:ops" }, owner: null,
    title: "Restore the sync", parent: null, opened_at: 0, ended_at: null, seen_at: 0, control: null, alarm: null, monitors: [],
    lost: false, alone: false, step: null, step_at: null, steps: 0, errors: 0, tokens: 0, spend: 0, seen: 0, asks: [], asking: 0,
    doing: null, guidance: 0, heard: 0, cleanups: { waits: 0, done: 0, failed: 0, lost: 0 }, controllers: [], lanes: [], ...given,
  };
}

/** Any card. */
export const anyCard: fc.Arbitrary<Card> = fc
  .record({
    id: fc.uuid(), v: fc.nat(), opened_at: fc.nat(2e9), spend: fc.nat(5e6),
    need: fc.constantFrom("stuck", "waiting", "costly", "running", "ended"),
    status: fc.constantFrom("running", "paused", "finished", "failed", "stopped"),
    ended_at: fc.option(fc.nat(2e9)),
  })
  .map((given) => card(given as Partial<Card>));
