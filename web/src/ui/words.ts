/** Two letters for somebody: `user:ann.reyes` is AR. */
export function initials(name: string): string {
  const parts = name.replace(/^\w+:/, "").split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  const [first = "", second = ""] = parts;
  return (second ? first.slice(0, 1) + second.slice(0, 1) : first.slice(0, 2)).toUpperCase();
}

const SECOND = 1e6;
const UNITS = [[86_400 * SECOND, "d"], [3_600 * SECOND, "h"], [60 * SECOND, "min"]] as const;

/** A span in µs in its two largest units: `15 min`, `1 h 5 min`; under two minutes as `1:05`. */
export function span(micros: number): string {
  if (micros < 120 * SECOND) {
    const seconds = Math.max(0, Math.floor(micros / SECOND));
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  }
  const at = UNITS.findIndex(([size]) => micros >= size);
  const [size, name] = UNITS[at] ?? UNITS[2];
  const lesser = UNITS[at + 1];
  const rest = lesser ? Math.floor((micros % size) / lesser[0]) : 0;
  return `${Math.floor(micros / size)} ${name}${rest && lesser ? ` ${rest} ${lesser[1]}` : ""}`;
}

/** How long ago: `4 s ago`, `3 min ago`. */
export function ago(micros: number): string {
  if (micros < SECOND) return "now";
  return `${micros < 120 * SECOND ? `${Math.floor(micros / SECOND)} s` : span(micros)} ago`;
}

/** A number with its noun: `1 edit`, `2 edits`. */
export function count(number: number, noun: string, nouns = `${noun}s`): string {
  return `${number.toLocaleString("en")} ${number === 1 ? noun : nouns}`;
}
