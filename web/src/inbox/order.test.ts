import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { later } from "../live/frames";
import { place } from "./merge";
import { arrange, behind, first, fold, ids, neighbour, newest, stops } from "./order";
import { anyRow, row } from "./rows.testing";

const HOUR = 3600e6;
/** Noon, wherever the test runs. */
const NOW = new Date(2026, 2, 4, 12).getTime() * 1000;
const rows = fc.uniqueArray(anyRow, { selector: (one) => one.id, maxLength: 30 });
const never = (): boolean => false;

describe("the list", () => {
  test("is by due time, in it by risk, then by deadline", () => {
    const listed = arrange(
      [
        row({ id: "later", deadline: NOW + 72 * HOUR, risk: "critical" }),
        row({ id: "low", deadline: NOW + 60e6, risk: "low" }),
        row({ id: "high2", deadline: NOW + 600e6, risk: "high" }),
        row({ id: "high1", deadline: NOW + 60e6, risk: "high" }),
        row({ id: "unrated", deadline: NOW + 60e6, risk: "unrated" }),
        row({ id: "today", deadline: NOW + HOUR }),
        row({ id: "tomorrow", deadline: NOW + 20 * HOUR }),
      ],
      NOW,
    );
    expect(listed.map((group) => [group.title, ids([group])])).toEqual([
      ["Due within 15 minutes", ["high1", "high2", "unrated", "low"]],
      ["Today", ["today"]],
      ["Tomorrow", ["tomorrow"]],
      ["Later", ["later"]],
    ]);
  });

  test("has every row once, however it came", () => {
    fc.assert(
      fc.property(rows, fc.nat(2e12), (all, now) => {
        const listed = ids(arrange(all, now));
        expect([...listed].sort()).toEqual(all.map((one) => one.id).sort());
        expect(ids(arrange([...all].reverse(), now))).toEqual(listed);
      }),
    );
  });

  test("folds what is alike into one line, where the first of it stands", () => {
    const items = fold([row({ id: "a", alike: "x" }), row({ id: "b" }), row({ id: "c", alike: "x" }), row({ id: "d", alike: "y" })]);
    expect(items.map((item) => item.members)).toEqual([["a", "c"], ["b"], ["d"]]);
    const groups = [{ key: "today", title: "", items }];
    expect(stops(groups, never)).toEqual(["a", "b", "d"]);
    expect(stops(groups, (key) => key === "x")).toEqual(["a", "c", "b", "d"]);
  });

  test("shows the first so many lines and loses none of the others", () => {
    fc.assert(
      fc.property(rows, fc.nat(40), (all, most) => {
        const groups = arrange(all, 0);
        const shown = first(groups, most);
        const lines = (of: typeof groups): number => of.reduce((sum, group) => sum + group.items.length, 0);
        expect(lines(shown)).toBe(Math.min(most, lines(groups)));
        expect(ids(groups).slice(0, ids(shown).length)).toEqual(ids(shown));
      }),
    );
  });

  test("tells what waits behind it, and not that something ended", () => {
    const [a, b, c] = [row({ id: "a", risk: "high" }), row({ id: "b" }), row({ id: "c", risk: "low" })] as const;
    const gone = (id: string): boolean => id === "b";
    expect(behind(arrange([a, b], NOW), arrange([a, c], NOW), gone)).toEqual({ fresh: 1, moved: false });
    expect(behind(arrange([a, b], NOW), arrange([a], NOW), gone)).toEqual({ fresh: 0, moved: false });
    expect(behind(arrange([b], NOW), arrange([], NOW), gone)).toEqual({ fresh: 0, moved: false });
    expect(behind(arrange([a, b], NOW), arrange([a, { ...b, risk: "critical" }], NOW), never)).toEqual({ fresh: 0, moved: true });
  });
});

describe("going from one to the next", () => {
  test("stops at the ends", () => {
    expect(neighbour(["a", "b"], ["a", "b"], "b", 1)).toBe("b");
    expect(neighbour(["a", "b"], ["a", "b"], "a", -1)).toBe("a");
    expect(neighbour([], ["a", "b"], null, 1)).toBe("a");
    expect(neighbour([], ["a", "b"], null, -1)).toBe("b");
    expect(neighbour([], [], null, 1)).toBe(null);
  });

  test("goes on from the place of one that has left", () => {
    expect(neighbour(["a", "b", "c"], ["x", "a", "c"], "b", 1)).toBe("c");
    expect(neighbour(["a", "b", "c"], ["x", "a", "c"], "b", -1)).toBe("a");
    expect(neighbour(["a", "b"], ["a"], "b", 1)).toBe("a");
  });

  test("reaches every one, from the first on", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.uuid(), { minLength: 1 }), (order) => {
        const walked = [neighbour(order, order, null, 1)];
        while (walked.length < order.length) walked.push(neighbour(order, order, walked.at(-1) ?? null, 1));
        expect(walked).toEqual(order);
      }),
    );
  });
});

describe("two readings of a row", () => {
  test("the later one stays, whichever came first", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20), { minLength: 1 }), (versions) => {
        const last = versions.map((v) => row({ v })).reduce<ReturnType<typeof row> | undefined>(later, undefined);
        expect(last?.v).toBe(Math.max(...versions));
      }),
    );
  });

  test("only what moves it moves it", () => {
    expect(place(row({ gist: "other", comments: 3, claimed_by: { id: "usr_ben", name: "x" } }))).toBe(place(row()));
    for (const given of [{ risk: "low" as const }, { deadline: 1 }, { status: "decided" as const }, { asked: ["usr_x"] }, { barred: ["usr_ann"] }, { alike: "z" }]) {
      expect(place(row(given))).not.toBe(place(row()));
    }
  });

  test("what is done is newest first", () => {
    const order = [row({ id: "a", opened_at: 1 }), row({ id: "b", opened_at: 3 }), row({ id: "c", opened_at: 3 })].sort(newest);
    expect(order.map((one) => one.id)).toEqual(["c", "b", "a"]);
  });
});
