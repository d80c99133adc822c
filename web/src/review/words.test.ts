import { expect, test } from "vitest";
import { LONGEST, folded } from "./long";
import { lasting, remaining, urgency } from "./time";
import { because, ending, foretold, listed } from "./words";

const SECOND = 1e6;

test("a deadline stays calm until a quarter is left, and presses in the last tenth", () => {
  expect([100, 74, 76, 89, 91, 120].map((now) => urgency(0, 100, now))).toEqual(["last", "calm", "soon", "soon", "last", "last"]);
});

test("what is left ticks by the second under an hour", () => {
  expect(remaining(402 * SECOND)).toBe("6:42");
  expect(remaining(0.4 * SECOND)).toBe("0:01");
  expect(remaining(-5 * SECOND)).toBe("0:00");
  expect(remaining(3900 * SECOND)).toBe("1 h 5 min");
  expect(lasting(4 * SECOND)).toBe("4 s");
});

test("a reason and a note make one text", () => {
  expect(because("Too risky", " ask legal ")).toBe("Too risky. ask legal");
  expect(because(null, " ")).toBeNull();
  expect(because("Too risky", "")).toBe("Too risky");
});

test("ends and lists are told in words", () => {
  expect(ending("escalate:group:cfo")).toBe("it goes on to cfo");
  expect(ending("reject")).toBe("rejected");
  expect(ending("reject", "attempts_failed")).toBe("it fails");
  expect(ending("reject", "outcome_unknown")).toBe("it stays unknown");
  expect(listed(["a", "b", "c"])).toBe("a, b and c");
});

test("a long text of an agent is folded, and no sign is cut", () => {
  expect(folded("x".repeat(LONGEST))).toBeNull();
  const text = `${"x".repeat(LONGEST - 3)}⟨U+202E⟩${"y".repeat(50)}`;
  expect(folded(text)).toEqual({ head: "x".repeat(LONGEST - 3), hidden: text.length - LONGEST + 3 });
});

test("how long it will take is a range with those before it, or the reason why nobody can tell", () => {
  const wait = { online: 1, position: 1, low: 1, likely: 2, high: 3, text: "about 12 min (7 to 20 min)" };
  expect(foretold({ ...wait, known: "range" })).toBe("Probably decided in about 12 min (7 to 20 min).");
  expect(foretold({ ...wait, known: "range", position: 3 })).toBe("Probably decided in about 12 min (7 to 20 min), 2 before it.");
  expect(foretold({ ...wait, known: "nobody_online" })).toBe("No reviewer is online.");
  expect(foretold({ ...wait, known: "too_few" })).toBe(null);
  expect(foretold(undefined)).toBe(null);
});
