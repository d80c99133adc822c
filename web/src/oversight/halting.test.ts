import { expect, test } from "vitest";
import type { Stop } from "../api/types";
import { said, targets, wordFor } from "./halting";

test("what a stop can name comes from the directory: kept names alone, in order", () => {
  const directory = {
    agents: [{ id: "agt_2" }, { id: "agt_1" }, { id: "agt_3" }], people: [{ groups: ["grp_1"] }, { groups: ["grp_1"] }],
    labels: { agt_1: { name: "bot" }, agt_2: { name: "zed" }, agt_3: { $erased: "x" }, grp_1: { handle: "group:ops" } },
    names: { agt_1: "bot", agt_2: "zed⟨U+200B⟩", grp_1: "group:ops" },
  };
  expect(targets(directory)).toEqual({
    agent: [{ words: "bot", value: "bot" }, { words: "zed⟨U+200B⟩", value: "zed" }], team: [{ words: "group:ops", value: "group:ops" }],
  });
});

test("everything takes more to type, and what had begun is told", () => {
  expect([wordFor("agent"), wordFor("all")]).toEqual(["stop", "stop all"]);
  const stop = { state: { scope: "all" }, begun: [{}, {}] } as unknown as Stop;
  expect(said(stop)).toMatch(/^Nothing of any agent.*2 had begun before/);
  expect(said({ ...stop, begun: [] })).toMatch(/Nothing of it was under way/);
});
