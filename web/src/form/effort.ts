/** How long looking at a value may take: agents write schemas, and a page that stands still decides nothing (`codec/effort.py`). */

/** Steps that one look spends on patterns, and rules that it tries, at most. */
const STEPS = 5_000_000;
const VISITS = 100_000;
const TOKEN = /\\.|\[(?:\\.|[^\]\\])*\]|\(\?(?:<[^=!>]*>|<?[=!]|:)|\{(\d*)(,?)(\d*)\}|./gsu;

/** What one look at a value may still spend. */
export class Effort {
  #steps = STEPS;
  #visits = VISITS;

  /** Whether one more rule can be tried; it counts as spent then. */
  visit(): boolean {
    this.#visits -= 1;
    return this.#visits >= 0;
  }

  /** Whether a pattern can be looked for in a text; it counts as spent then. */
  affords(pattern: string, text: string): boolean {
    const cost = ways(pattern, text.length) * (text.length + pattern.length);
    if (cost > this.#steps) return false;
    this.#steps -= cost;
    return true;
  }
}

/** In how many ways at most a pattern can be tried at one place of a text of that length. */
export function ways(pattern: string, length: number): number {
  const total = [1];
  let [inner, before] = [1, ""];
  const times = (by: number): void => {
    total.push(Math.min((total.pop() ?? 1) * by, STEPS + 1));
  };
  for (const match of pattern.matchAll(TOKEN)) {
    const [token] = match;
    const choices = choicesOf(match, length);
    if (choices && before !== "quantifier") {
      if (before === ")" && inner > 1 && token !== "?") return STEPS + 1;
      times(choices);
      before = "quantifier";
      continue;
    }
    if (token.startsWith("(")) total.push(1);
    else if (token === "|") times(2);
    else if (token === ")" && total.length > 1) {
      inner = total.pop() ?? 1;
      times(inner);
    }
    before = token;
  }
  return total.length === 1 ? (total[0] ?? 1) : STEPS + 1;
}

/** How many repetitions a quantifier leaves open; 0 for what is none. */
function choicesOf([token, least, comma, most]: RegExpMatchArray, length: number): number {
  if (token === "*" || token === "+") return length + 1;
  if (token === "?") return 2;
  if (least === undefined || (!least && !most)) return 0;
  return comma ? Math.min(length, Number(most || length)) + 1 : 1;
}
