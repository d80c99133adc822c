import fc from "fast-check";
import { expect, test } from "vitest";
import { pause } from "./backoff";
import { Chain } from "./chain";
import { digest, foreign } from "./digest";
import { EventReader, type StreamEvent } from "./events";

const TEXT = 'retry: 2000\n\nid: 7\nevent: hello\ndata: {"now":1,"v":7}\n\n: still here\n\nevent: row\r\nid: 9\r\ndata: {"row":{"name":"é⟨ZWSP⟩"}}\r\n\r\n';

function read(pieces: Uint8Array[]): StreamEvent[] {
  const reader = new EventReader();
  return pieces.flatMap((piece) => reader.read(piece));
}

test("a stream is read alike wherever it is cut", () => {
  const bytes = new TextEncoder().encode(TEXT);
  const whole = read([bytes]);
  expect(whole.map((event) => [event.type, event.id])).toEqual([["hello", "7"], ["row", "9"]]);
  fc.assert(
    fc.property(fc.array(fc.nat(bytes.length)), (cuts) => {
      const edges = [0, ...cuts.sort((a, b) => a - b), bytes.length];
      const pieces = edges.slice(1).map((end, at) => bytes.slice(edges[at], end));
      expect(read(pieces)).toEqual(whole);
    }),
  );
});

test("what tabs are told chains up without a gap, however the stream is cut into pieces", () => {
  const ids = fc.array(fc.nat(50), { minLength: 1 }).map((found) => [...new Set(found)].sort((a, b) => a - b));
  fc.assert(
    fc.property(ids, fc.array(fc.boolean()), (found, cuts) => {
      let position: number | null = null;
      let reached: number | null = null;
      let piece: StreamEvent[] = [];
      found.forEach((id, at) => {
        piece.push({ type: "row", id: String(id), data: JSON.stringify({ row: { id: "x", v: id } }) });
        if (cuts[at]) return;
        const told = digest(piece, position);
        for (const word of told.words) {
          if (word.type !== "news" || !word.link) throw new Error("not news");
          if (reached !== null) expect(word.link.after).toBe(reached);
          reached = word.link.to;
        }
        [position, piece] = [told.position, []];
      });
    }),
  );
});

test("where the server begins anew, everybody reads anew and goes on behind that", () => {
  const hello = { type: "hello", id: null, data: '{"now":5,"v":900}' };
  const told = digest([hello, { type: "reset", id: "900", data: "{}" }, { type: "row", id: "901", data: '{"row":{"id":"x"}}' }], 3);
  expect(told.words).toEqual([
    { type: "again", to: 900 },
    { type: "news", link: { after: 900, to: 901 }, now: 5, rows: [{ id: "x" }] },
  ]);
});

test("a stream that greets somebody else than who is here is seen", () => {
  const row = { type: "row", id: "8", data: '{"row":{"id":"x"}}' };
  const hello = { type: "hello", id: "7", data: '{"now":1,"v":7,"me":"usr_ann"}' };
  expect(foreign([hello, row], "usr_ben")).toBe(true);
  expect(foreign([hello, row], "usr_ann")).toBe(false);
  expect(foreign([hello], null)).toBe(false);
  expect(foreign([row], "usr_ben")).toBe(false);
});

test("links that came before the snapshot count, and a hole between them is seen", () => {
  const chain = new Chain();
  expect(chain.add({ after: 4, to: 6 })).toBe(true);
  expect(chain.add({ after: 6, to: 9 })).toBe(true);
  expect(chain.begin(5)).toBe(true);
  expect(chain.position).toBe(9);
  expect(chain.add({ after: 10, to: 11 })).toBe(false);
  chain.restart();
  chain.add({ after: 10, to: 11 });
  expect(chain.begin(9)).toBe(false);
});

test("a link that was seen already is no gap", () => {
  const chain = new Chain();
  chain.begin(20);
  expect(chain.add({ after: 3, to: 9 })).toBe(true);
  expect(chain.position).toBe(20);
});

test("tries come further apart, never sooner than a quarter of a second nor later than twenty", () => {
  fc.assert(
    fc.property(fc.nat(1000), fc.double({ min: 0, max: 0.999, noNaN: true }), (failures, random) => {
      expect(pause(failures, random)).toBeGreaterThanOrEqual(250);
      expect(pause(failures, random)).toBeLessThanOrEqual(20_000);
      expect(pause(failures + 1, random)).toBeGreaterThanOrEqual(pause(failures, random));
    }),
  );
});
