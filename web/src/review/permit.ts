import type { Terms } from "./sending";

/** For how long the like may run, as the server reads it and in words. */
export const LASTS = [
  ["1h", "1 hour"],
  ["8h", "8 hours"],
  ["1d", "1 day"],
  ["7d", "7 days"],
  ["30d", "30 days"],
  ["90d", "90 days"],
] as const;

const MOST = 100_000;

/** What is sent, or null where the number cannot be meant. With all arguments the same, no others may be there. */
export function termsOf(names: readonly string[], fixed: readonly string[], lasts: string, times: number | null | undefined): Terms | null {
  if (times != null && (!Number.isInteger(times) || times < 1 || times > MOST)) return null;
  return {
    lasts,
    ...(times == null ? {} : { times }),
    ...(fixed.length === names.length ? {} : { fixed: names.filter((name) => fixed.includes(name)) }),
  };
}
