import { SvelteSet } from "svelte/reactivity";

/** The folds of a view that a person has opened. */
export class Folds {
  readonly opened = new SvelteSet<string>();

  open(...paths: string[]): void {
    for (const path of paths) this.opened.add(path);
  }

  /** Forget them: they were of other bytes. */
  clear(): void {
    this.opened.clear();
  }
}

/** The id of the element that shows a value. */
export function placeOf(path: string): string {
  return `at:${path}`;
}

/** Bring a value into the middle of the page, and the reader to it. */
export function goTo(path: string): void {
  const place = document.getElementById(placeOf(path));
  place?.scrollIntoView({ block: "center" });
  place?.focus({ preventScroll: true });
}
