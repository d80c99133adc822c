import { post, Refusal } from "../api/client";
import type { Page } from "../api/types";
import { clock } from "../app/clock.svelte";
import { session } from "../app/session.svelte";
import { type Change, changes } from "../form/changes";
import type { Json } from "../form/json";
import { Secrets } from "../form/secrets";
import { NO, names, RUNS, stands, type Step, stepOf } from "./cost";
import type { Begun } from "./draft.svelte";

import { said } from "./edits";
import { type Folds, goTo } from "./folds.svelte";
import { ended, type Reading } from "./page.svelte";
import { around, left, walk } from "./seen";
import { type Answer, type Decision, Sender, type Terms } from "./sending";
import { because } from "./words";

/** What stands between a chosen outcome and its being sent, or what else is being written. */
export type Mode =
  | { kind: Exclude<Step, "at once">; outcome: string }
  | { kind: "comment" | "escalate" | "delegate" | "more"; outcome: null };

const CHANGED = new Set(["stale_view", "already_decided", "late", "not_allowed", "unseen", "not_ready"]);
const VALUED = new Set(["answer", "supply", "happened", "wrong"]);

/** How a person decides on a review, from the first key to the answer of the server. */
export class Deciding {
  readonly reading: Reading;
  readonly begun: Begun;
  readonly folds: Folds;
  mode = $state.raw<Mode | null>(null);
  busy = $state(false);
  typed = $state("");
  /** Whether the edited arguments, and the answer, fit their schema as far as the page can tell. */
  fits = $state(true);
  answers = $state(false);
  refused = $state.raw<Refusal | null>(null);
  /** Called with what was decided and what the server said to it. */
  decided: (outcome: string, answer: Answer, page: Page) => void = () => undefined;
  #terms: Terms | null = null;
  #sender = new Sender();
  #lost: { outcome: string; page: Page } | null = null;
  #again: () => void = () => undefined;

  edits: Change[] = $derived.by(() => this.#edits());
  /** The paths of values that are covered on the page. */
  masked: string[] = $derived.by(() => (this.page ? [...walk(this.page.args)].filter((node) => node.masked).map((node) => node.path) : []));
  secrets = $derived.by(() => new Secrets((this.page?.raw ?? null) as Json, this.masked));
  /** The edits in words. */
  said = $derived.by(() => this.edits.map((edit) => said(this.page?.raw, edit, this.secrets)));
  left: string[] = $derived.by(() => left(this.page?.unseen ?? [], this.folds.opened));

  constructor(reading: Reading, begun: Begun, folds: Folds) {
    this.reading = reading;
    this.begun = begun;
    this.folds = folds;
  }

  get page(): Page | null {
    return this.reading.page;
  }

  /** Whether this person may decide what is shown, now. */
  get may(): boolean {
    const page = this.page;
    if (!page || page.refusal || this.reading.newer) return false;
    return !ended(page) && page.row.deadline > clock.now;
  }

  /** Whether this person may say something, also where they may not decide. */
  get comments(): boolean {
    const page = this.page;
    return page !== null && page.may_comment && !ended(page) && !this.reading.newer;
  }

  /** The edits were made to other arguments than those shown. */
  get drifted(): boolean {
    return this.edits.length > 0 && this.begun.view !== this.page?.view.digest;
  }

  /** The outcome that lets it run as it stands here, or answers. */
  get main(): string | null {
    const choices = this.page?.choices ?? [];
    if (this.edits.length && choices.includes("edit")) return "edit";
    return (["approve", "retry", "answer", "right"] as const).find((one) => choices.includes(one)) ?? null;
  }

  /** What the server said about the edited arguments, or about the answer. */
  get problems(): { path: string; text: string }[] {
    const told = this.refused?.problem["errors"];
    return Array.isArray(told) ? (told as { path: string; text: string }[]) : [];
  }

  /** The arguments as edited; edits that change nothing are none. */
  edit(value: unknown): void {
    this.#begin();
    this.#reconsider();
    this.begun.args = value;
  }

  answer(value: unknown): void {
    this.#begin();
    this.#reconsider();
    this.begun.answer = value;
  }

  /** Go on with edits that were made to other arguments. */
  keep(): void {
    this.begun.view = this.page?.view.digest ?? "";
  }

  /** The other outcomes: the no stands last, beside the main one. */
  get others(): string[] {
    const rest = (this.page?.choices ?? []).filter((one) => !RUNS.has(one) && one !== "answer" && one !== "right");
    return rest.sort((one, other) => Number(NO.has(one)) - Number(NO.has(other)));
  }

  /** Why an outcome cannot be chosen now, or null. */
  hinder(outcome: string): string | null {
    if (RUNS.has(outcome) && this.drifted) return "Look at your edits first";
    if (!stands(outcome, this.main)) return "The arguments were edited meanwhile: choose again";
    if (outcome === "edit" && !this.fits) return "The edited arguments do not fit";
    return outcome === "answer" && !this.answers ? "Choose or write an answer" : null;
  }

  /** Choose an outcome: it is sent, or asks for what it costs. */
  choose(outcome: string): void {
    if (this.busy || !this.may || !this.reading.settled) return;
    if (RUNS.has(outcome) && this.left.length) return this.unfold();
    if (this.hinder(outcome)) return;
    const step = stepOf(outcome, this.page?.row.risk ?? "critical");
    this.refused = null;
    this.typed = "";
    if (step === "at once") void this.send(outcome);
    else this.mode = { kind: step, outcome };
  }

  /** Whether what the mode asks for is there. */
  get ready(): boolean {
    const { mode, begun } = this;
    if (!mode?.outcome || this.busy || !this.may || this.hinder(mode.outcome) !== null) return false;
    if (mode.kind === "type") return names(this.typed, this.page?.row.name ?? "");
    if (mode.kind === "reason") return because(begun.reason, begun.note) !== null;
    if (mode.kind === "note") return begun.note.trim() !== "";
    return mode.outcome !== "supply" || this.answers;
  }

  /** Whether this person may let the like run, too. */
  get permits(): boolean {
    return this.may && this.page?.permits === true && this.main === "approve";
  }

  /** Approve, and let the like run. Returns whether the server took it. */
  async permit(terms: Terms): Promise<boolean> {
    if (!this.permits || this.left.length) return false;
    this.#terms = terms;
    try {
      await this.send("approve");
    } finally {
      this.#terms = null;
      this.#again = () => void this.permit(terms);
    }
    return this.refused === null;
  }

  /** Send what was chosen. */
  confirm(): void {
    if (this.ready && this.reading.settled && this.mode?.outcome) void this.send(this.mode.outcome);
  }

  close(): void {
    this.mode = null;
    this.typed = "";
    this.begun.reason = null;
  }

  /** Open the next fold that has to be seen, and go there. */
  unfold(): void {
    const [next] = this.left;
    if (next === undefined || !this.page) return;
    this.folds.open(...around(this.page.args, next), next);
    requestAnimationFrame(() => goTo(next));
  }

  /** Send once more what was not answered. */
  repeat(): void {
    this.#again();
  }

  /** Send a decision. */
  async send(outcome: string): Promise<void> {
    const page = this.page;
    if (!page || this.busy || this.hinder(outcome) !== null) return;
    this.#again = () => void this.send(outcome);
    const answer = await this.command("decisions", this.#decision(outcome, page));
    if (!answer) {
      this.#lost = this.refused && (this.refused.status === 0 || this.refused.status >= 500) ? { outcome, page } : null;
      if (this.page) this.found(this.page);
      return;
    }
    this.#arrived(outcome, answer, page);
  }

  /** A decision whose answer was lost shows in the review itself. */
  found(page: Page): void {
    const lost = this.#lost;
    if (!lost || page.decision?.outcome !== lost.outcome || page.decision.by.id !== session.me?.id) return;
    this.#arrived(lost.outcome, { id: page.row.id, status: "decided" }, lost.page);
  }

  #arrived(outcome: string, answer: Answer, page: Page): void {
    this.#lost = null;
    this.refused = null;
    this.mode = null;
    this.decided(outcome, answer, page);
  }

  /** Send the comment that was written. Returns whether it arrived. */
  async comment(): Promise<boolean> {
    this.#again = () => void this.comment();
    const said = await this.command("comments", { text: this.begun.comment.trim() });
    if (!said) return false;
    this.begun.comment = "";
    void this.reading.refresh();
    return true;
  }

  /** Move up the ladder now. Returns whether it did. */
  async escalate(): Promise<boolean> {
    this.#again = () => void this.escalate();
    const note = this.begun.note.trim();
    const moved = await this.command("escalate", note ? { note } : {});
    if (moved) this.begun.note = "";
    void this.reading.refresh();
    return moved !== null;
  }

  /** Say that one is at it, or give it back; a decision need not wait for that. */
  async claim(on: boolean): Promise<void> {
    try {
      await post(`/v1/reviews/${this.reading.id}/${on ? "claim" : "release"}`, {});
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (!this.busy) this.#refuse(error);
      this.#again = () => void this.claim(on);
    }
    void this.reading.refresh();
  }

  /** Send a command to the review. Returns what the server said, or null if it refused; `refused` says why. */
  async command(name: string, body: unknown): Promise<Answer | null> {
    if (this.busy) return null;
    this.busy = true;
    this.refused = null;
    try {
      return await this.#sender.send(`/v1/reviews/${this.reading.id}/${name}`, body);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#refuse(error);
      return null;
    } finally {
      this.busy = false;
    }
  }

  #begin(): void {
    if (this.begun.args === undefined && this.begun.answer === undefined) this.keep();
  }

  /** What the server said was about another value. */
  #reconsider(): void {
    if (this.problems.length) this.refused = null;
  }

  #refuse(error: Refusal): void {
    this.refused = error;
    if (error.status === 401) session.leave();
    if (!CHANGED.has(error.code)) return;
    this.mode = null;
    void this.reading.refresh();
  }

  #decision(outcome: string, page: Page): Decision {
    const seen = page.unseen.filter((path) => this.folds.opened.has(path));
    const note = because(this.begun.reason, this.begun.note);
    return {
      outcome,
      view: page.view.digest,
      seen,
      ...(note === null ? {} : { note }),
      ...(outcome === "edit" ? { args: this.begun.args } : {}),
      ...(outcome === "approve" && this.#terms ? { standing: this.#terms } : {}),
      ...(VALUED.has(outcome) && this.begun.answer !== undefined ? { value: this.begun.answer } : {}),
    };
  }

  #edits(): Change[] {
    const args = this.begun.args;
    return args === undefined || !this.page ? [] : changes(this.page.raw, args);
  }
}

/** Until when a decision made now can be taken back, or null. */
export function undoable(page: Page, answer: Answer): { id: string; from: number; until: number } | null {
  if (answer.status !== "decided" || page.undo <= 0) return null;
  return { id: page.row.id, from: clock.now, until: clock.now + page.undo };
}
