import { untrack } from "svelte";
import { SvelteMap } from "svelte/reactivity";
import { type Key, KEYS, type KeyId, keyOf } from "./table";

/** Gets the pressed key; whoever returns `false` leaves it to the browser. */
export type Handler = (pressed: string) => unknown;

/** Milliseconds for which keys that decide are dead after the item in front of the person changed. */
export const DEAD = 400;

class Keyboard {
  #bound = new SvelteMap<KeyId, Handler[]>();
  #quietUntil = 0;
  #only: readonly KeyId[] | null = null;

  constructor() {
    addEventListener("keydown", (event) => this.#pressed(event));
  }

  /** Bind a handler for as long as the calling effect lives: `$effect(() => keyboard.bind("approve", approve))`. The latest wins. */
  bind(id: KeyId, handler: Handler): () => void {
    this.#bound.set(id, [...this.#handlers(id), handler]);
    return () => {
      const left = this.#handlers(id).filter((one) => one !== handler);
      if (left.length) this.#bound.set(id, left);
      else this.#bound.delete(id);
    };
  }

  /** An effect that binds does not depend on what is bound. */
  #handlers(id: KeyId): Handler[] {
    return untrack(() => this.#bound.get(id)) ?? [];
  }

  /** Whether a key does something now: hints are shown for those alone. */
  live(id: KeyId): boolean {
    return this.#bound.has(id);
  }

  /** Only these keys act for as long as the calling effect lives: something lies over all else. */
  only(ids: readonly KeyId[]): () => void {
    const before = this.#only;
    this.#only = ids;
    return () => {
      this.#only = before;
    };
  }

  /** The item changed: nothing is decided for a moment. */
  quiet(): void {
    this.#quietUntil = performance.now() + DEAD;
  }

  #pressed(event: KeyboardEvent): void {
    if (event.isComposing || event.repeat || event.defaultPrevented || event.altKey) return;
    const pressed = name(event);
    for (const key of KEYS as readonly Key[]) {
      const handler = this.#bound.get(key.id as KeyId)?.at(-1);
      if (!handler || !key.keys.includes(pressed)) continue;
      if (this.#only && !this.#only.includes(key.id as KeyId)) continue;
      if (typing(event.target) && !key.typing) continue;
      if (pressed === "enter" && pressable(event.target)) continue;
      if (key.decides && performance.now() < this.#quietUntil) {
        event.preventDefault();
        return;
      }
      if (handler(pressed) !== false) {
        event.preventDefault();
        return;
      }
    }
  }
}

function name(event: KeyboardEvent): string {
  const letter = /^Key([A-Z])$/.exec(event.code)?.[1];
  const latin = /^[\x20-\x7e]$/.test(event.key) || event.key.length > 1;
  const key = (latin || !letter ? event.key : letter).toLowerCase();
  const mod = event.ctrlKey || event.metaKey ? "mod+" : "";
  const shift = event.shiftKey && /^[a-z]$/.test(key) ? "shift+" : "";
  return mod + shift + key;
}

function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
}

function pressable(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches("a[href], button, summary");
}

export const keyboard = new Keyboard();
export { keyOf };
