import { Refusal } from "../api/client";
import type { Card } from "../api/types";
import { telling } from "../review/told.svelte";
import { Sender } from "../review/sending";
import { count } from "../ui/words";

export type Verb = "pause" | "interrupt" | "resume" | "stop";
/** What stands in the log where somebody gave no reason: what was done, and where. */
const PLAIN: Partial<Record<Verb, string>> = { pause: "Paused on the wall", interrupt: "Interrupted on the wall" };

/** Sends what people ask of runs: one after the other, and each once. */
class Controls {
  busy = $state(false);
  refused = $state.raw<Refusal | null>(null);
  #senders = new Map<string, Sender>();

  /** Ask it of these runs; the ids of those that took it. */
  async ask(verb: Verb, runs: readonly string[], reason = ""): Promise<string[]> {
    const words = reason.trim();
    const body = verb === "resume" ? (words ? { note: words } : {}) : { reason: words || PLAIN[verb] };
    return this.#all(verb, runs, body);
  }

  /** Tell a run's agent something. */
  async guide(run: string, text: string): Promise<boolean> {
    return (await this.#all("guide", [run], { text: text.trim() })).length > 0;
  }

  async #all(verb: string, runs: readonly string[], body: unknown): Promise<string[]> {
    if (this.busy) return [];
    this.busy = true;
    this.refused = null;
    try {
      const taken = await Promise.all(runs.map((run) => this.#one(verb, run, body)));
      return runs.filter((_, at) => taken[at]);
    } finally {
      this.busy = false;
    }
  }

  async #one(verb: string, run: string, body: unknown): Promise<boolean> {
    const sender = this.#senders.get(run) ?? new Sender();
    this.#senders.set(run, sender);
    try {
      await sender.send(`/v1/runs/${run}/${verb}`, body);
      return true;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.refused = error;
      return false;
    }
  }
}

export const controls = new Controls();

/** What a person may ask of a run now. */
export function verbs(card: Card): Verb[] {
  if (card.status === "running") return ["pause", "interrupt", "stop"];
  if (card.status !== "paused") return [];
  return card.control?.kind === "interrupt" ? ["resume", "stop"] : ["resume", "interrupt", "stop"];
}

/** Say what was asked of several runs. */
export function tell(verb: Verb, asked: number, taken: number): void {
  const word = { pause: "Pause", interrupt: "Interrupt", resume: "Resume", stop: "Stop" }[verb];
  telling.say(taken === asked ? `${word} asked of ${count(taken, "run")}.` : `${word} asked of ${taken} of ${count(asked, "run")}.`);
}
