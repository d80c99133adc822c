import { expect, test } from "vitest";
import type { Happening } from "../api/types";
import { folded, title, tone } from "./happened";

const moment = (given: Partial<Happening> = {}): Happening => ({
  what: "failed", at: 5, rev: 0, until: 6, words: "retry", value: "503", agent: true, name: null, by: null, status: null, review: null,
  confirmed_at: null, ...given,
});

test("the same in a row is told once, and what people did never is", () => {
  const asked = moment({ what: "pause", until: null });
  expect(folded([moment({ at: 9 }), moment({ at: 7 }), moment({ value: "404" }), asked, asked]).map((one) => one.times)).toEqual([2, 1, 1, 1]);
  expect(folded([moment({ what: "step", until: null }), moment({ what: "step", until: null })])).toHaveLength(2);
});

test("each moment has a title of Handrail's own, and a colour", () => {
  expect(title(moment())).toBe("Step failed");
  expect(tone(moment({ what: "action", status: "held" }))).toBe("human");
  expect(tone(moment({ what: "action", status: "refused" }))).toBe("bad");
  expect(tone(moment({ what: "action", status: "succeeded" }))).toBe("tool");
  expect(tone(moment({ what: "alarm" }))).toBe("bad");
});
