import { type Draft, drop, empty, keep, read } from "./drafts";

/** What a person has begun on a review. Whatever changes is kept by an effect of the page. */
export class Begun {
  readonly id: string;
  view = $state("");
  note = $state("");
  comment = $state("");
  reason = $state<string | null>(null);
  text = $state<string | null>(null);
  args = $state.raw<unknown>(undefined);
  answer = $state.raw<unknown>(undefined);

  constructor(id: string) {
    this.id = id;
    const found = read(id);
    if (found) this.#take(found);
  }

  get empty(): boolean {
    return empty(this.#plain());
  }

  /** Keep it for this tab. */
  save(): void {
    keep(this.id, this.#plain());
  }

  /** Forget it: it was decided, or given up. */
  drop(): void {
    drop(this.id);
    this.#take({ view: "", note: "", comment: "", reason: null });
  }

  #take(found: Draft): void {
    this.view = found.view;
    this.note = found.note;
    this.comment = found.comment;
    this.reason = found.reason;
    this.text = found.text ?? null;
    this.args = found.args;
    this.answer = found.answer;
  }

  #plain(): Draft {
    const { view, note, comment, reason, args, answer, text } = this;
    return { view, note, comment, reason, args, answer, text };
  }
}
