import { getContext, setContext, tick, untrack } from "svelte";
import { SvelteMap } from "svelte/reactivity";
import { around, type Change, changes, standing } from "./changes";
import { at, type Json, keysOf, same } from "./json";
import { problems, type Problem, UNSAID } from "./problems";
import type { Schema } from "./resolve";
import { Secrets } from "./secrets";
import { visible } from "./text";

/** What is wrong at a place, in one sentence. */
export interface Said {
  path: string;
  text: string;
}

/** What a form is given, each as it is now. */
interface Given {
  readonly schema: object | null;
  readonly original: unknown;
  readonly value: unknown;
  readonly problems: readonly Said[];
  readonly masked: readonly string[];
}

const KEY = Symbol("form");
let forms = 0;

/** What the fields of one form share. */
export class Form {
  readonly id = `form-${(forms += 1)}`;
  readonly #given: Given;
  #unread = new SvelteMap<symbol, Said>();
  root: Schema = $derived.by(() => (this.#given.schema ?? {}) as Schema);
  original: Json | undefined = $derived.by(() => this.#given.original as Json | undefined);
  value: Json | undefined = $derived.by(() => this.#given.value as Json | undefined);
  secrets: Secrets = $derived.by(() => new Secrets(this.original ?? null, this.#given.masked));
  changes: Change[] = $derived.by(() => (this.original === undefined ? [] : changes(this.original, this.value)));
  #standing = $derived.by(() => standing(this.changes));
  #around = $derived.by(() => around(this.changes));
  /** What the fields cannot read, then what breaks the schema, then what the server said about values that still stand. */
  problems: Said[] = $derived.by(() => {
    const own = this.value === undefined ? [] : problems(this.root, this.value).map(said);
    const told = this.#judged.list.filter(({ path }) => same(at(this.value, path), at(this.#judged.value, path)));
    return unique([...this.#unread.values(), ...own, ...told]);
  });
  #judged: { list: readonly Said[]; value: Json | undefined } = $derived.by(() => {
    const list = this.#given.problems;
    return { list, value: list.length ? untrack(() => this.value) : undefined };
  });

  constructor(given: Given) {
    this.#given = given;
    setContext(KEY, this);
  }

  /** The id of the element at a place. */
  idOf(path: string): string {
    return `${this.id}${encodeURIComponent(path)}`;
  }

  /** What is wrong at one place. */
  at(path: string): Said[] {
    return this.problems.filter((problem) => problem.path === path);
  }

  /** The change at one place, if there is one. */
  changed(path: string): Change | undefined {
    return this.#standing.get(path);
  }

  /** Whether something changed at a place or inside. */
  touched(path: string): boolean {
    return this.#standing.has(path) || this.#around.has(path);
  }

  /** Say, or take back with null, that a field holds what it cannot read. */
  unread(field: symbol, said: Said | null): void {
    if (said) this.#unread.set(field, said);
    else this.#unread.delete(field);
  }

  /** Move the focus to what is at a place, or to the nearest place around it that is drawn. */
  async focus(path: string): Promise<void> {
    await tick();
    const keys = keysOf(path);
    for (let length = keys.length; length >= 0; length -= 1) {
      const around = path.split("/").slice(0, length + 1).join("/");
      const id = this.idOf(around);
      for (const place of [`${id}-control`, id]) {
        const found = document.getElementById(place);
        if (found && focusIn(found)) return;
      }
    }
  }
}

/** In the sentences of the server. */
function said({ path, text, hint }: Problem): Said {
  const first = `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
  return { path, text: visible(hint === UNSAID ? first : `${first} ${hint}`) };
}

function unique(list: Said[]): Said[] {
  const places = new Map(list.map((one) => [`${one.path}\0${one.text}`, one]));
  return [...places.values()];
}

export function form(): Form {
  return getContext<Form>(KEY);
}

const CONTROLS = "input:not([disabled]), textarea, select, button:not([disabled])";

/** Focus an element, or the first control in it: fields before buttons. */
export function focusIn(within: HTMLElement): boolean {
  const target = within.matches(CONTROLS) ? within : (within.querySelector<HTMLElement>("input:not([disabled]), textarea, select") ?? within.querySelector<HTMLElement>(CONTROLS));
  target?.focus();
  return target !== null;
}
