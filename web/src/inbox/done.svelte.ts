import { get, Refusal } from "../api/client";
import type { Inbox as Listing, Row } from "../api/types";
import { session } from "../app/session.svelte";

/** The reviews that ended, newest first, as far down as they were asked for. */
export class Done {
  loading = $state(false);
  failed = $state.raw<Refusal | null>(null);
  /** Whether there are no older ones. */
  complete = $state(false);
  #bound = $state(Infinity);
  #next: string | null = null;

  constructor(readonly take: (rows: readonly Row[]) => void) {}

  /** Whether the list goes down to this row: an older one has gaps before it. */
  reaches(row: Row): boolean {
    return this.complete || row.opened_at >= this.#bound;
  }

  /** Whether anything was loaded. */
  get begun(): boolean {
    return this.complete || this.#bound < Infinity;
  }

  /** Read the newest page. Throws `Refusal`. */
  async load(): Promise<void> {
    this.#took(await get<Listing>("/v1/inbox?view=done"));
  }

  /** Read on, or begin; what fails is told in `failed`. */
  async more(): Promise<void> {
    if (this.loading || this.complete) return;
    this.loading = true;
    this.failed = null;
    try {
      this.#took(await get<Listing>(`/v1/inbox?view=done${this.#next === null ? "" : `&after=${this.#next}`}`));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.status === 401) session.leave();
      else this.failed = error;
    } finally {
      this.loading = false;
    }
  }

  #took(page: Listing): void {
    this.take(page.items);
    this.#next = page.next;
    this.complete = page.next === null;
    this.#bound = page.items.at(-1)?.opened_at ?? this.#bound;
  }
}
