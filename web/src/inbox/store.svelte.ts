import { untrack } from "svelte";
import { get, Refusal } from "../api/client";
import type { Inbox as Listing, Row } from "../api/types";
import { clock } from "../app/clock.svelte";
import { router } from "../app/router.svelte";
import { session } from "../app/session.svelte";
import { stopped } from "../app/stopped.svelte";
import { pause } from "../live/backoff";
import { byFrame, later } from "../live/frames";
import { live } from "../live/live.svelte";
import { Done } from "./done.svelte";
import { place } from "./merge";
import { arrange, behind, type Group, ids, newest, waits } from "./order";
import { understand } from "./search";

export type Tab = "me" | "team" | "done";

/** One row; what shows it is drawn again only when this row changes. */
export class Line {
  row = $state.raw() as Row;
  constructor(row: Row) {
    this.row = row;
  }
}

const FIRST = 200;
const PAGE = 500;
/** Open rows that are loaded; further ones come as these are decided. */
export const MOST = 1_000;
/** Rows that ended and are kept. */
const ENDED = 2_000;
/** How often the list is put in order for the time alone: groups are by due time. */
const TURN = 10e6;

type Listener = (row: Row) => void;

/** What the inbox knows, and the order in which it is shown. */
class Inbox {
  loaded = $state(false);
  failed = $state.raw<Refusal | null>(null);
  /** Open reviews as the server counts them. */
  total = $state(0);

  #lines = new Map<string, Line>();
  /** Changes are drawn once for each frame. */
  readonly #hear = byFrame<Row>((taken) => this.#take(taken));
  #changed = $state(0);
  #kept = $state.raw<string | null>(null);
  #listeners = new Set<Listener>();
  #reading = 0;
  #started = false;
  #failures = 0;
  #frozen = $state.raw<readonly Group[] | null>(null);

  done = new Done((rows) => this.#take(rows));
  query = $derived(understand(router.asked("q")));
  readonly tabs = $derived<readonly Tab[]>(session.me?.permissions.includes("decide") ? ["me", "team", "done"] : ["team", "done"]);
  tab = $derived(this.tabs.find((tab) => tab === router.asked("tab")) ?? this.tabs[0] ?? "team");

  #turn = $derived(Math.floor(clock.now / TURN) * TURN);
  #open = $derived.by(() => this.#rows().filter(waits));
  mine = $derived(this.#open.filter((row) => session.asks(row)));
  counts = $derived({ me: this.mine.length, team: Math.max(this.#open.length, this.total > MOST ? this.total : 0) });
  /** How many there are in this tab, before the search. */
  within = $derived(this.tab === "done" ? this.ended.length : this.tab === "me" ? this.mine.length : this.#open.length);
  wanted = $derived.by((): readonly Group[] => (this.tab === "done" ? this.#past() : this.#present()));
  /** What is shown: while the list is held, as it was then; in an empty one nothing can move. */
  shown = $derived(this.#frozen?.length ? this.#frozen : this.wanted);
  behind = $derived(this.#frozen?.length ? behind(this.#frozen, this.wanted, (id) => this.#gone(id)) : { fresh: 0, moved: false });
  /** Nothing was ever asked here. */
  unused = $derived(this.loaded && this.done.complete && this.#rows().length === 0);

  get ended(): Row[] {
    return this.#rows().filter((row) => !waits(row) && this.done.reaches(row)).sort(newest);
  }

  /** Begin to read and to follow, once for as long as the page lives. */
  start(): void {
    if (this.#started) return;
    this.#started = true;
    live.start({ rows: (rows) => this.#hear(rows), again: () => this.#again() });
    void this.load();
  }

  /** Read everything anew. */
  async load(): Promise<void> {
    const reading = (this.#reading += 1);
    live.reading();
    void stopped.load();
    try {
      await this.#load(() => reading === this.#reading);
      this.#failures = 0;
      this.failed = null;
    } catch (error) {
      if (reading !== this.#reading) return;
      if (!(error instanceof Refusal)) throw error;
      if (error.status === 401) return session.leave();
      this.failed = error;
      setTimeout(() => reading === this.#reading && void this.load(), pause(this.#failures + 2));
      this.#failures += 1;
    }
  }

  /** The review to decide after this one, in the order that is shown; null where none is left. */
  next(id: string): string | null {
    const decidable = (other: string): boolean => {
      const row = this.#lines.get(other)?.row;
      return other !== id && row !== undefined && session.asks(row);
    };
    for (const order of [ids(this.tab === "done" ? [] : this.shown), ids(this.#arranged(this.mine))]) {
      const at = order.indexOf(id) + 1;
      const found = [...order.slice(at), ...order.slice(0, at)].find(decidable);
      if (found !== undefined) return found;
    }
    return null;
  }

  /** What is known of a review; it is read again where this is shown. */
  row(id: string): Row | undefined {
    return this.line(id)?.row;
  }

  /** The line of a review. */
  line(id: string): Line | undefined {
    void this.#changed;
    return this.#lines.get(id);
  }

  /** Tell of every row that changes; returns what ends it. */
  onchange(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Take a row that came with another answer, as if the stream had said it. */
  take(row: Row): void {
    this.#hear([row]);
  }

  /** Nothing moves from now on: somebody points at the list, or is in it. */
  hold(): void {
    if (!this.#frozen?.length) this.#frozen = this.wanted;
  }

  /** Show the list as it should be now; what holds it goes on holding. */
  settle(): void {
    this.#kept = null;
    if (this.#frozen) this.#frozen = this.wanted;
  }

  /** Nobody is at the list any more. */
  release(): void {
    this.#frozen = null;
  }

  #again(): void {
    void session.load();
    void this.load();
  }

  #rows(): Row[] {
    void this.#changed;
    return untrack(() => Array.from(this.#lines.values(), (line) => line.row));
  }

  #gone(id: string): boolean {
    const row = this.#lines.get(id)?.row;
    return !row || !waits(row);
  }

  #arranged(rows: readonly Row[]): Group[] {
    return arrange(rows, this.#turn);
  }

  #present(): Group[] {
    const kept = this.#kept === router.place.id ? this.row(this.#kept ?? "") : undefined;
    const rows = this.tab === "me" ? this.mine : this.#open;
    return this.#arranged(this.#found(kept && !rows.includes(kept) ? [...rows, kept] : rows));
  }

  #past(): Group[] {
    const items = this.#found(this.ended).map((row) => ({ key: row.id, id: row.id, members: [row.id] }));
    return items.length ? [{ key: "done", title: "Newest first", items }] : [];
  }

  #found(rows: readonly Row[]): readonly Row[] {
    const query = this.query;
    if (!query.ok || query.empty) return rows;
    const reader = { me: session.me?.id ?? "", now: this.#turn };
    return rows.filter((row) => query.test(row, reader));
  }

  async #load(current: () => boolean): Promise<void> {
    const again = this.loaded;
    const first = await get<Listing>(`/v1/inbox?limit=${FIRST}`);
    if (!current()) return;
    const rows = [...first.items];
    this.total = first.counts.open;
    if (!again) this.#show(rows);
    for (let page = first; page.next !== null && rows.length < MOST; ) {
      page = await get<Listing>(`/v1/inbox?limit=${PAGE}&after=${page.next}`);
      if (!current()) return;
      rows.push(...page.items);
    }
    if (again || rows.length === 0) await this.done.load();
    if (!current()) return;
    this.#show(rows);
    this.#forget(rows, first.v);
    live.read(first.v, first.now);
  }

  #show(rows: Row[]): void {
    this.#take(rows);
    this.loaded = true;
  }

  /** What is open here and not in a newer reading is not open any more, or beyond what is loaded. */
  #forget(read: Row[], v: number): void {
    const found = new Set(read.map((row) => row.id));
    for (const [id, { row }] of this.#lines) if (waits(row) && row.v <= v && !found.has(id)) this.#lines.delete(id);
    this.#changed += 1;
  }

  #take(rows: readonly Row[]): void {
    const changed = rows.filter((row) => this.#put(row));
    this.#prune();
    for (const row of changed) for (const listener of this.#listeners) listener(row);
  }

  #put(row: Row): boolean {
    const line = this.#lines.get(row.id);
    if (!line) {
      this.#lines.set(row.id, new Line(row));
      if (this.loaded && waits(row)) this.total += 1;
      this.#changed += 1;
      return true;
    }
    const known = line.row;
    const taken = later(known, row);
    if (taken === known) return false;
    line.row = taken;
    if (waits(known) && !waits(taken)) {
      this.total -= 1;
      if (router.place.id === row.id) this.#kept = row.id;
    }
    if (!this.query.ok || !this.query.empty || place(known) !== place(taken)) this.#changed += 1;
    return true;
  }

  #prune(): void {
    if (this.#lines.size < MOST + 2 * ENDED) return;
    const ended = Array.from(this.#lines.values(), (line) => line.row).filter((row) => !waits(row));
    for (const row of ended.sort(newest).slice(ENDED)) this.#lines.delete(row.id);
  }
}

export const inbox = new Inbox();
