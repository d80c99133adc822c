import { untrack } from "svelte";
import { SvelteSet } from "svelte/reactivity";
import { get, Refusal } from "../api/client";
import type { Card, Oversight } from "../api/types";
import { clock } from "../app/clock.svelte";
import { router } from "../app/router.svelte";
import { session } from "../app/session.svelte";
import { pause } from "../live/backoff";
import { byFrame, later } from "../live/frames";
import { live } from "../live/live.svelte";
import { arrange, counts, NEEDS, type Need, type Order, over, place } from "./order";

const FIRST = 100;
const PAGE = 500;
/** Runs that are loaded; what needs people comes first. */
const MOST = 2_000;
/** How long (µs) a run that has ended is still shown. */
const KEPT = 3_600e6;
const ORDERS: readonly Order[] = ["need", "newest", "cost"];

/** One run; what shows it is drawn again only when this card changes. */
export class Line {
  card = $state.raw() as Card;
  constructor(card: Card) {
    this.card = card;
  }
}

/** What the wall knows of watched runs, and the order in which it shows them. */
class Wall {
  loaded = $state(false);
  failed = $state.raw<Refusal | null>(null);
  /** Runs that are chosen to be controlled together. */
  readonly chosen = new SvelteSet<string>();

  #lines = new Map<string, Line>();
  /** Changes are drawn once for each frame. */
  readonly #hear = byFrame<Card>((taken) => this.#take(taken));
  #changed = $state(0);
  #reading = 0;
  #failures = 0;
  #shown = 0;
  #frozen = $state.raw<readonly string[] | null>(null);
  #silent: () => void = () => undefined;

  readonly table = $derived(router.asked("view") === "table");
  readonly order = $derived(ORDERS.find((order) => order === router.asked("sort")) ?? "need");
  readonly only = $derived(NEEDS.find((need) => need === router.asked("show")) ?? null);
  /** Who an agent or owner is has to have this in its name. */
  readonly find = $derived(router.asked("agent").trim().toLowerCase());

  #turn = $derived(Math.floor(clock.now / 10e6) * 10e6);
  readonly all = $derived.by(() => this.#cards().filter((card) => !over(card) || (card.ended_at ?? 0) > this.#turn - KEPT));
  readonly counts = $derived(counts(this.all));
  readonly wanted = $derived.by((): readonly string[] => arrange(this.all.filter((card) => this.#fits(card)), this.order).map((card) => card.id));
  /** What is shown: while somebody is at it, in the order as it was then. */
  readonly shown = $derived(this.#frozen ?? this.wanted);
  /** How many runs came or changed places behind what is held. */
  readonly behind = $derived.by(() => {
    const frozen = this.#frozen;
    return frozen === null ? 0 : this.wanted.filter((id, at) => frozen[at] !== id).length;
  });

  /** Read and follow it until what this returns is called. */
  show(): () => void {
    this.#shown += 1;
    if (this.#shown === 1) {
      this.#silent = live.follow({ cards: (cards) => this.#hear(cards), again: () => void this.load() });
      void this.load();
    }
    return () => {
      this.#shown -= 1;
      if (this.#shown === 0) this.#silent();
    };
  }

  /** Read everything anew. */
  async load(): Promise<void> {
    const reading = (this.#reading += 1);
    try {
      await this.#load(() => reading === this.#reading);
      this.#failures = 0;
      this.failed = null;
    } catch (error) {
      if (reading !== this.#reading) return;
      if (!(error instanceof Refusal)) throw error;
      if (error.status === 401) return session.leave();
      this.failed = error;
      setTimeout(() => reading === this.#reading && this.#shown > 0 && void this.load(), pause(this.#failures + 2));
      this.#failures += 1;
    }
  }

  /** The line of a run. */
  line(id: string): Line | undefined {
    void this.#changed;
    return this.#lines.get(id);
  }

  /** Whether this person may pause, guide and stop a run. */
  controls(card: Card): boolean {
    const me = session.me;
    if (!me) return false;
    return me.solo || me.permissions.includes("supervise") || card.controllers.some((id) => id === me.id || me.groups.includes(id));
  }

  /** Choose a run, or leave it again. */
  choose(id: string): void {
    if (!this.chosen.delete(id)) this.chosen.add(id);
  }

  /** Nothing moves from now on: somebody points at the wall, or is in it. */
  hold(): void {
    this.#frozen ??= this.wanted;
  }

  /** Show it as it should be now; what holds it goes on holding. */
  settle(): void {
    if (this.#frozen) this.#frozen = this.wanted;
  }

  /** Nobody is at it any more. */
  release(): void {
    this.#frozen = null;
  }

  #fits(card: Card): boolean {
    const need: Need | null = this.only;
    if (need !== null && card.need !== need) return false;
    return !this.find || `${card.agent.name} ${card.owner?.name ?? ""}`.toLowerCase().includes(this.find);
  }

  #cards(): Card[] {
    void this.#changed;
    return untrack(() => Array.from(this.#lines.values(), (line) => line.card));
  }

  async #load(current: () => boolean): Promise<void> {
    const first = await get<Oversight>(`/v1/oversight?limit=${FIRST}`);
    if (!current()) return;
    clock.set(first.now);
    const cards = [...first.items];
    this.#take(cards);
    this.loaded = true;
    for (let page = first; page.next !== null && cards.length < MOST; ) {
      page = await get<Oversight>(`/v1/oversight?limit=${PAGE}&after=${page.next}`);
      if (!current()) return;
      cards.push(...page.items);
      this.#take(page.items);
    }
    this.#forget(cards, first.v);
  }

  /** What is here and not in a newer reading is not watched any more, or ended long ago. */
  #forget(read: readonly Card[], v: number): void {
    const found = new Set(read.map((card) => card.id));
    for (const [id, { card }] of this.#lines) if (card.v <= v && !found.has(id)) this.#lines.delete(id);
    for (const id of this.chosen) if (!this.#lines.has(id)) this.chosen.delete(id);
    this.#changed += 1;
  }

  #take(cards: readonly Card[]): void {
    let moved = false;
    for (const card of cards) moved = this.#put(card) || moved;
    if (moved) this.#changed += 1;
  }

  /** Whether something may have moved by it. */
  #put(card: Card): boolean {
    const line = this.#lines.get(card.id);
    if (!line) {
      this.#lines.set(card.id, new Line(card));
      return true;
    }
    const known = line.card;
    const taken = later(known, card);
    if (taken === known) return false;
    line.card = taken;
    return place(known, this.order) !== place(taken, this.order);
  }
}

export const wall = new Wall();
