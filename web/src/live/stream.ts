import { pause } from "./backoff";
import { EventReader, type StreamEvent } from "./events";

/** Without a word for longer, the connection counts as gone; the server speaks every 15 s. */
const SILENCE = 40_000;

export interface Follower {
  /** The position behind which to go on; null is the end. */
  after(): number | null;
  /** What one piece of the stream brought. */
  heard(events: StreamEvent[]): void;
  /** The connection is there, or gone. */
  connected(now: boolean): void;
  /** The session is over. */
  over(): void;
}

/**
 * One connection to a stream of events, made again whenever it ends.
 *
 * `EventSource` can neither go on from a given position in its first request nor say that the session is over.
 */
export class Stream {
  #abort: AbortController | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;

  constructor(
    readonly path: string,
    readonly follower: Follower,
  ) {}

  /** Connect, and stay connected until `stop`. */
  start(): void {
    this.stop();
    const abort = new AbortController();
    this.#abort = abort;
    void this.#connect(abort);
  }

  /** End it. */
  stop(): void {
    this.#abort?.abort();
    this.#abort = null;
    clearTimeout(this.#timer);
  }

  /** Try at once, if it waits for the next try. */
  hurry(): void {
    if (this.#failures === 0 || this.#abort === null) return;
    this.#failures = 0;
    this.start();
  }

  async #connect(abort: AbortController): Promise<void> {
    try {
      const after = this.follower.after();
      const headers = { Accept: "text/event-stream", ...(after === null ? {} : { "Last-Event-ID": String(after) }) };
      const answer = await fetch(this.path, { headers, credentials: "same-origin", cache: "no-store", signal: abort.signal });
      if (answer.status === 401) return this.follower.over();
      if (answer.ok && answer.body) await this.#follow(answer.body, abort);
    } catch {
      // Whatever broke it, the next try will tell.
    }
    if (this.#abort !== abort) return;
    this.follower.connected(false);
    this.#timer = setTimeout(() => this.start(), pause(this.#failures));
    this.#failures += 1;
  }

  async #follow(body: ReadableStream<Uint8Array>, abort: AbortController): Promise<void> {
    const reader = body.getReader();
    const events = new EventReader();
    let silence: ReturnType<typeof setTimeout> | undefined;
    try {
      for (;;) {
        clearTimeout(silence);
        silence = setTimeout(() => void reader.cancel(), SILENCE);
        const { done, value } = await reader.read();
        if (done || this.#abort !== abort) return;
        this.#failures = 0;
        this.follower.connected(true);
        this.follower.heard(events.read(value));
      }
    } finally {
      clearTimeout(silence);
    }
  }
}
