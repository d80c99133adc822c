import { SvelteSet } from "svelte/reactivity";

/** Which batches are open, by their key. */
class Unfolded {
  #open = new SvelteSet<string>();

  has(key: string): boolean {
    return this.#open.has(key);
  }

  toggle(key: string): void {
    if (!this.#open.delete(key)) this.#open.add(key);
  }
}

export const unfolded = new Unfolded();
