import { span } from "../ui/words";

/** How near a deadline is: calm until a quarter of the time is left, pressing in the last tenth. */
export function urgency(from: number, until: number, now: number): "calm" | "soon" | "last" {
  const share = (until - now) / Math.max(1, until - from);
  if (share <= 0.1) return "last";
  return share <= 0.25 ? "soon" : "calm";
}

/** The time of the day as this browser's clock shows it, with the date unless it is today's. */
export function at(micros: number, now: number): string {
  const when = new Date(micros / 1000);
  const time = when.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
  if (when.toDateString() === new Date(now / 1000).toDateString()) return time;
  return `${when.toLocaleDateString("en-GB", { day: "numeric", month: "short" })} ${time.slice(0, 5)}`;
}

const SECOND = 1e6;

/** What is left of a wait: by the second under an hour, `6:42`; `1 h 5 min` above. */
export function remaining(micros: number): string {
  if (micros >= 3600 * SECOND) return span(micros);
  const seconds = Math.max(0, Math.ceil(micros / SECOND));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** A short span as a length: `4 s`, `15 min`. */
export function lasting(micros: number): string {
  return micros < 120 * SECOND ? `${Math.round(micros / SECOND)} s` : span(micros);
}
