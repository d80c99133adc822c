import { tick } from "svelte";
import { router } from "../app/router.svelte";
import { unfolded } from "./folds.svelte";
import { type Group, neighbour, stops } from "./order";
import { inbox } from "./store.svelte";

/** Whether the list and a review stand side by side. */
export const wide = matchMedia("(min-width: 761px)");

const isOpen = (key: string): boolean => unfolded.has(key);

/** The link of a review in the list. */
export function entry(id: string): HTMLElement | null {
  return document.querySelector(`[data-id="${CSS.escape(id)}"]`);
}

/** Give a review's link in the list the focus, and bring it into view. */
export function focus(id: string): void {
  const link = entry(id);
  link?.focus({ preventScroll: true });
  link?.scrollIntoView({ block: "nearest" });
}

/** Go to the next or the previous review; the list is put in order first. `show` makes room for it in the list. */
export async function move(step: 1 | -1, show: (id: string) => void): Promise<void> {
  const here = stop(inbox.shown, focused() ?? router.place.id);
  const before = stops(inbox.shown, isOpen);
  inbox.settle();
  const target = neighbour(before, stops(inbox.shown, isOpen), here, step);
  if (target === null) return;
  show(target);
  if (wide.matches || router.place.id !== null) router.open(target, { replace: router.place.id !== null });
  await tick();
  focus(target);
}

function focused(): string | null {
  const active = document.activeElement;
  return active instanceof HTMLElement ? (active.dataset["id"] ?? null) : null;
}

/** The line where a review stands: its batch's, if that is folded. */
function stop(groups: readonly Group[], id: string | null): string | null {
  if (id === null) return null;
  const item = groups.flatMap((group) => group.items).find((one) => one.members.includes(id));
  return item && !isOpen(item.key) ? item.id : id;
}
