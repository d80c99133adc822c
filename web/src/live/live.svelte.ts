import type { Card, Row } from "../api/types";
import { clock } from "../app/clock.svelte";
import { session } from "../app/session.svelte";
import { Chain } from "./chain";
import { digest, foreign } from "./digest";
import type { StreamEvent } from "./events";
import { CAN_AGREE, Leadership } from "./leader";
import { Stream } from "./stream";
import { isWord, type Word } from "./words";

const PATH = "/v1/stream?topics=inbox,oversight";
/** Milliseconds without a connection before that is said. */
const LATE = 3_000;
/** Milliseconds after which a leader that says nothing is asked whether it is there, and what it has to answer. */
const ASK = 5_000;
const ANSWER = 3_000;

/** Who shows what the stream says. */
export interface Sink {
  rows?(rows: Row[]): void;
  cards?(cards: Card[]): void;
  /** Something is missing: read everything anew. */
  again(): void;
}

/** What happens now, whichever tab of the browser holds the one connection. */
class Live {
  /** Whether news arrives. */
  connected = $state(false);
  /** Whether it has been said long enough that it does not. */
  late = $state(false);
  /** Server time, in µs, of the last word. */
  last = $state<number | null>(null);
  /** Whether this tab has a connection of its own, since the browser lets tabs not agree. */
  readonly alone = !CAN_AGREE;

  #chain = new Chain();
  #heard: number | null = null;
  #word = performance.now();
  #sinks = new Set<Sink>();
  #channel: BroadcastChannel | null = null;
  #lateness: ReturnType<typeof setTimeout> | undefined;
  #asked: ReturnType<typeof setTimeout> | undefined;
  #stream = new Stream(PATH, {
    after: () => this.#heard ?? this.#chain.position,
    heard: (events) => this.#heardStream(events),
    connected: (now) => this.#connected(now),
    over: () => session.leave(),
  });
  #leadership = new Leadership(
    () => this.#lead(),
    () => this.#stream.stop(),
  );

  /** Begin, for as long as the page lives. */
  start(sink: Sink): void {
    this.#sinks.add(sink);
    this.#late();
    this.#join();
    setInterval(() => this.#check(), ASK);
    addEventListener("online", () => this.#stream.hurry());
    document.addEventListener("visibilitychange", () => this.#seen());
    for (const gone of ["pagehide", "freeze"]) addEventListener(gone, () => this.#part(), true);
    for (const back of ["pageshow", "resume"]) addEventListener(back, () => this.#join(), true);
  }

  /** Tell one more who shows what happens; what this returns ends it. Their own snapshot is read after this. */
  follow(sink: Sink): () => void {
    this.#sinks.add(sink);
    return () => this.#sinks.delete(sink);
  }

  /** A snapshot will be read now. */
  reading(): void {
    this.#chain.restart();
  }

  /** A snapshot was read, as of this position and time. */
  read(position: number, now: number): void {
    clock.set(now);
    this.last = Math.max(this.last ?? 0, now);
    const whole = this.#chain.begin(position);
    if (this.#leadership.leads && !this.connected) this.#stream.start();
    if (!whole) this.#again();
  }

  #join(): void {
    if (this.#channel) return;
    this.#channel = new BroadcastChannel("handrail.live");
    this.#channel.onmessage = ({ data }) => {
      if (isWord(data)) this.#told(data);
    };
    this.#leadership.seek();
    this.#ask();
  }

  #part(): void {
    this.#leadership.leave();
    this.#channel?.close();
    this.#channel = null;
    clearTimeout(this.#asked);
  }

  #say(word: Word): void {
    if (CAN_AGREE) this.#channel?.postMessage(word);
  }

  #lead(): void {
    clearTimeout(this.#asked);
    this.#set(false);
    if (this.#heard !== null || this.#chain.position !== null) this.#stream.start();
  }

  #heardStream(events: StreamEvent[]): void {
    if (foreign(events, session.me?.id ?? null)) return this.#begin();
    const { words, position } = digest(events, this.#heard ?? this.#chain.position);
    for (const word of words) {
      this.#say(word);
      this.#told(word);
    }
    this.#heard = position ?? this.#heard;
  }

  /** The session is another person's: nothing of what the page knows is theirs. */
  #begin(): void {
    this.#stream.stop();
    location.reload();
  }

  #told(word: Word): void {
    if (word.type === "ask") return this.#answer();
    this.#word = performance.now();
    clearTimeout(this.#asked);
    if (word.type === "news") this.#news(word);
    else if (word.type === "again") this.#anew(word.to);
    else this.#state(word);
  }

  #news({ link, now, rows, cards }: Word & { type: "news" }): void {
    if (now !== null) clock.set(now);
    this.last = clock.now;
    for (const sink of this.#sinks) {
      if (rows.length) sink.rows?.(rows);
      if (cards?.length) sink.cards?.(cards);
    }
    if (!this.#leadership.leads) this.#set(true);
    if (!link) return;
    this.#heard = Math.max(this.#heard ?? link.to, link.to);
    if (!this.#chain.add(link)) this.#again();
  }

  #anew(to: number): void {
    this.#heard = to;
    this.#again();
  }

  #again(): void {
    for (const sink of this.#sinks) sink.again();
  }

  #state({ live, last, position }: Word & { type: "state" }): void {
    if (this.#leadership.leads) return;
    this.#set(live);
    this.last = last ?? this.last;
    if (position === null) return;
    this.#heard = Math.max(this.#heard ?? position, position);
    if (!this.#chain.add({ after: position, to: position })) this.#again();
  }

  #answer(): void {
    if (!this.#leadership.leads) return;
    this.#say({ type: "state", live: this.connected, last: this.last, position: this.#heard });
  }

  #connected(now: boolean): void {
    if (now === this.connected) return;
    if (now && this.last !== null) void session.load();
    this.#set(now);
    this.#answer();
  }

  #set(now: boolean): void {
    this.connected = now;
    clearTimeout(this.#lateness);
    if (now) this.late = false;
    else this.#late();
  }

  #late(): void {
    this.#lateness = setTimeout(() => {
      this.late = !this.connected;
    }, LATE);
  }

  /** A leader that is frozen keeps its place and says nothing: take it. */
  #check(): void {
    if (document.hidden || this.alone || this.#leadership.leads) return;
    if (performance.now() - this.#word > ASK) this.#ask();
  }

  #ask(): void {
    if (this.alone || this.#leadership.leads) return;
    this.#say({ type: "ask" });
    clearTimeout(this.#asked);
    this.#asked = setTimeout(() => {
      if (!document.hidden) this.#leadership.seek(true);
    }, ANSWER);
  }

  #seen(): void {
    if (document.hidden) return;
    if (this.#leadership.leads) this.#stream.hurry();
    else this.#ask();
  }
}

export const live = new Live();
