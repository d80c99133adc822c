import { get, Refusal } from "../api/client";
import type { Wait } from "../api/types";
import { session } from "../app/session.svelte";
import { inbox } from "./store.svelte";

/** Milliseconds between two readings while things change, and while nothing does: who is there changes by itself. */
const LEAST = 5_000;
const MOST = 30_000;
/** Milliseconds in which changes are gathered. */
const GATHERED = 500;

type Known = Readonly<Record<string, Wait>>;

/** How long the open reviews will probably still wait, for as long as somebody shows it. */
class Waits {
  #known = $state.raw<Known>({});
  #shown = 0;
  #read = -Infinity;
  #due = Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #silent: () => void = () => undefined;

  /** What is expected of a review; nothing for one that is over, or far down a long list. */
  of(id: string): Wait | undefined {
    return this.#known[id];
  }

  /** Read it, and again as things change, until what this returns is called. */
  show(): () => void {
    this.#shown += 1;
    if (this.#shown === 1) {
      this.#silent = inbox.onchange(() => this.#soon());
      this.#after(Math.max(0, this.#read + LEAST - performance.now()));
    }
    return () => {
      this.#shown -= 1;
      if (this.#shown > 0) return;
      this.#silent();
      clearTimeout(this.#timer);
      this.#timer = undefined;
    };
  }

  #soon(): void {
    this.#after(Math.max(GATHERED, this.#read + LEAST - performance.now()));
  }

  #after(pause: number): void {
    const due = performance.now() + pause;
    if (this.#timer !== undefined && this.#due <= due) return;
    clearTimeout(this.#timer);
    this.#due = due;
    this.#timer = setTimeout(() => void this.#load(), pause);
  }

  /** What cannot be read is not shown, and asked for again later: nobody waits for it. */
  async #load(): Promise<void> {
    this.#timer = undefined;
    this.#read = performance.now();
    try {
      if (!document.hidden) this.#known = (await get<{ waits: Known }>("/v1/inbox/waits")).waits;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.status === 401) return session.leave();
      this.#known = {};
    }
    if (this.#shown) this.#after(MOST);
  }
}

export const waits = new Waits();
