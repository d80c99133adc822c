import { get, Refusal } from "../api/client";
import type { Page, Row } from "../api/types";
import { clock } from "../app/clock.svelte";
import { DEAD, keyboard } from "../keys/keys.svelte";
import { session } from "../app/session.svelte";

/** Milliseconds for which nothing is decided after what is shown has changed, by key or by click. */
const UNREAD = DEAD;
/** Milliseconds before an empty layout is shown for a page that is still on its way. */
const SLOW = 150;

let ahead: { id: string; page: Promise<Page> } | null = null;

function fetched(id: string, signal?: AbortSignal): Promise<Page> {
  return get<Page>(`/v1/reviews/${id}/page`, signal);
}

/** Read the page of the review that is likely to be opened next. Failing is no harm: it is read again then. */
export function prefetch(id: string | null): void {
  if (id === null || ahead?.id === id) return;
  const reading = { id, page: fetched(id) };
  ahead = reading;
  reading.page.catch(() => {
    if (ahead === reading) ahead = null;
  });
}

/** A review as it is being read: what is shown, and what has come since. */
export class Reading {
  readonly id: string;
  page = $state.raw<Page | null>(null);
  /** The page with other bytes than those shown; nothing is decided until they were looked at. */
  newer = $state.raw<Page | null>(null);
  /** What was shown before the newer bytes were looked at. */
  before = $state.raw<Page | null>(null);
  failed = $state.raw<Refusal | null>(null);
  slow = $state(false);
  /** Whether what is shown has stood long enough to be what the person means. */
  settled = $state(false);
  #settling: ReturnType<typeof setTimeout> | undefined;
  #asked = 0;
  #busy = false;
  #abort = new AbortController();

  constructor(id: string) {
    this.id = id;
  }

  /** Show the page: at once where it was read ahead, and then as it is now. */
  async open(): Promise<void> {
    const timer = setTimeout(() => (this.slow = true), SLOW);
    const early = ahead?.id === this.id ? ahead.page : null;
    if (early) ahead = null;
    const page = await early?.catch(() => null);
    if (page) {
      clearTimeout(timer);
      this.#take(page);
    }
    await this.refresh();
    clearTimeout(timer);
  }

  /** Read the page anew; asked again meanwhile, it is read once more. */
  async refresh(): Promise<void> {
    this.#asked += 1;
    if (this.#busy) return;
    this.#busy = true;
    try {
      for (let at = 0; at !== this.#asked; ) {
        at = this.#asked;
        await this.#read();
      }
    } finally {
      this.#busy = false;
    }
  }

  /** A row came over the stream: show what it says, and read the rest. */
  heard(row: Row): void {
    const page = this.page;
    if (!page || row.v <= page.row.v) return;
    if (row.round === page.row.round) this.page = { ...page, row };
    void this.refresh();
  }

  /** The person looks at the newer bytes. */
  look(): void {
    if (!this.newer) return;
    this.before = this.page;
    this.page = this.newer;
    this.newer = null;
    this.#unread();
  }

  close(): void {
    this.#abort.abort();
    clearTimeout(this.#settling);
  }

  async #read(): Promise<void> {
    try {
      this.#take(await fetched(this.id, this.#abort.signal));
      this.failed = null;
    } catch (error) {
      if (!(error instanceof Refusal)) {
        if (error instanceof DOMException) return;
        throw error;
      }
      if (error.status === 401) session.leave();
      else this.#missed(error);
    }
  }

  #missed(error: Refusal): void {
    const gone = error.status === 403 || error.status === 404;
    if (gone) this.page = null;
    if (gone || !this.page) this.failed = error;
  }

  #take(page: Page): void {
    clock.set(page.now);
    const shown = this.page;
    if (shown && page.v < shown.v) return;
    if (shown && !ended(page) && page.view.digest !== shown.view.digest) {
      if (this.newer?.view.digest !== page.view.digest) this.#unread();
      this.newer = page;
      return;
    }
    if (!shown || ended(shown) !== ended(page)) this.#unread();
    this.page = page;
    this.newer = null;
  }

  #unread(): void {
    this.settled = false;
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => (this.settled = true), UNREAD);
    keyboard.quiet();
  }
}

/** Whether nothing is asked any more. */
export function ended(page: Page): boolean {
  return page.row.status !== "open" && page.row.status !== "claimed";
}
