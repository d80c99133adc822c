import { get, post, Refusal } from "../api/client";
import type { Page } from "../api/types";
import { clock } from "../app/clock.svelte";

/** What a toast says, and the decision that it can take back. */
export interface Told {
  words: string;
  /** The review whose decision can be taken back, from and until when (µs). */
  undo: { id: string; from: number; until: number } | null;
}

/** Milliseconds for which a toast without undo stays. */
const STAYS = 6000;

class Telling {
  told = $state.raw<Told | null>(null);
  busy = $state(false);
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Say what happened. */
  say(words: string, undo: Told["undo"] = null): void {
    clearTimeout(this.#timer);
    this.told = { words, undo };
    const stays = undo ? Math.max(STAYS, (undo.until - clock.now) / 1000) : STAYS;
    this.#timer = setTimeout(() => this.close(), stays);
  }

  /** Learn from the server until when exactly a decision can be taken back. */
  async exact(undo: NonNullable<Told["undo"]>): Promise<void> {
    const page = await get<Page>(`/v1/reviews/${undo.id}/page`).catch(() => null);
    clock.set(page?.now ?? clock.now);
    if (page?.decision && this.told?.undo === undo) this.say(this.told.words, { ...undo, until: page.decision.effective_at });
  }

  close(): void {
    clearTimeout(this.#timer);
    this.told = null;
  }

  /** Take the decision back. Returns the review that is open again, or nothing. */
  async undo(): Promise<string | null> {
    const id = this.told?.undo?.id;
    if (!id || this.busy) return null;
    this.busy = true;
    try {
      await post(`/v1/reviews/${id}/revoke`, {});
      this.say("Taken back. The review is open again.");
      return id;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.say(`Not taken back: ${error.message}`, error.status === 0 ? (this.told?.undo ?? null) : null);
      return null;
    } finally {
      this.busy = false;
    }
  }
}

export const telling = new Telling();
