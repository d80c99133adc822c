const FIRST = 500;
const LONGEST = 20_000;

/** Milliseconds before the next try: doubled with each failure, up to 20 s, and between half and all of it. */
export function pause(failures: number, random: number = Math.random()): number {
  const whole = Math.min(LONGEST, FIRST * 2 ** Math.min(failures, 10));
  return whole * (0.5 + random / 2);
}
