import { get, Refusal } from "../api/client";
import type { RunPage } from "../api/types";
import { clock } from "../app/clock.svelte";
import { session } from "../app/session.svelte";

/** Milliseconds between two readings while a run changes all the time. */
const LEAST = 500;

/** Everything about one run, read again as its card changes. */
export class Reading {
  page = $state.raw<RunPage | null>(null);
  failed = $state.raw<Refusal | null>(null);
  #last = -Infinity;
  #reading = false;
  #again = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly id: string) {}

  /** Read it soon: what changes meanwhile is read with it. */
  soon(): void {
    if (this.#reading) {
      this.#again = true;
      return;
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.read(), Math.max(0, this.#last + LEAST - performance.now()));
  }

  /** Nobody looks any more. */
  end(): void {
    clearTimeout(this.#timer);
    this.#again = false;
  }

  /** Read it now. */
  async read(): Promise<void> {
    this.#reading = true;
    this.#last = performance.now();
    try {
      const page = await get<RunPage>(`/v1/runs/${this.id}/page`);
      clock.set(page.now);
      this.page = page;
      this.failed = null;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.status === 401) return session.leave();
      this.failed = error;
    } finally {
      this.#reading = false;
    }
    if (this.#again) {
      this.#again = false;
      this.soon();
    }
  }
}
