import { type Json, LARGEST } from "./json";

/** What is wrong with a text that should be JSON, where, and what to write instead. */
export interface Flaw {
  line: number;
  column: number;
  text: string;
}

const DEEPEST = 64;
const EXPONENT_FROM = 1e21;
const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
const WORD = /[\p{L}_$][\p{L}\p{N}_$]*/uy;
const SPACE = /[ \t\r\n]*/y;
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const LONE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
const ESCAPES: Record<string, string> = { '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };
const WORDS = new Map<string, Json>([["true", true], ["false", false], ["null", null]]);
const OTHERS = new Map([["True", "true"], ["False", "false"], ["None", "null"], ["undefined", "null"], ["NaN", "null"]]);

class Broken extends Error {
  constructor(readonly at: number, message: string) {
    super(message);
  }
}

/** Read JSON strictly: a key twice, or a number that readers would round, is refused. */
export function read(text: string): { value: Json } | { flaw: Flaw } {
  try {
    return { value: new Reader(text).whole() };
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
    const before = text.slice(0, error.at).split("\n");
    return { flaw: { line: before.length, column: (before.at(-1)?.length ?? 0) + 1, text: error.message } };
  }
}

class Reader {
  #at = 0;
  constructor(readonly text: string) {}

  whole(): Json {
    const value = this.#value(0);
    this.#space();
    if (this.#at < this.text.length) this.#fail("Nothing may follow the value. Remove this.");
    return value;
  }

  #value(depth: number): Json {
    this.#space();
    const char = this.text[this.#at];
    if (char === undefined) this.#fail("A value is missing here. Write one, or null.");
    if (char === "{" || char === "[") {
      if (depth === DEEPEST) this.#fail(`More than ${DEEPEST} levels are nested here. Flatten the value.`);
      return char === "{" ? this.#object(depth + 1) : this.#list(depth + 1);
    }
    if (char === '"') return this.#string();
    return char === "-" || (char >= "0" && char <= "9") ? this.#number() : this.#word();
  }

  #object(depth: number): Json {
    const members = new Map<string, Json>();
    this.#each("}", "member", () => {
      const start = this.#at;
      if (this.text[start] !== '"') this.#fail('A key in double quotes has to stand here, such as "name".');
      const key = this.#string();
      if (members.has(key)) this.#fail(`The key ${JSON.stringify(key)} is in this object twice. Keep one.`, start);
      this.#space();
      if (this.text[this.#at] !== ":") this.#fail("A colon is missing after the key. Write :");
      this.#at += 1;
      members.set(key, this.#value(depth));
    });
    return Object.fromEntries(members);
  }

  #list(depth: number): Json {
    const items: Json[] = [];
    this.#each("]", "item", () => items.push(this.#value(depth)));
    return items;
  }

  /** What stands between brackets, with commas between. */
  #each(end: string, what: string, take: () => void): void {
    const start = this.#at;
    this.#at += 1;
    for (let first = true; ; first = false) {
      this.#space();
      const char = this.text[this.#at];
      if (char === undefined) this.#fail(`This bracket is not closed. Write ${end} where it ends.`, start);
      if (char === end && first) break;
      if (!first) {
        if (char === end) break;
        if (char !== ",") this.#fail(`A comma or ${end} is missing before this.`);
        this.#at += 1;
        this.#space();
        if (this.text[this.#at] === end) this.#fail(`A comma stands behind the last ${what}. Remove it.`, this.#at);
      }
      take();
    }
    this.#at += 1;
  }

  #string(): string {
    const start = this.#at;
    let out = "";
    this.#at += 1;
    for (;;) {
      out += this.#match(PLAIN);
      const char = this.text[this.#at];
      if (char === '"') break;
      if (char === "\\") out += this.#escape();
      else if (char === undefined || char === "\n") this.#fail('This text is not closed. Write " where it ends, and \\n for a line break.', start);
      else this.#fail(`A control character cannot stand in a text. Write \\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
    }
    this.#at += 1;
    if (LONE.test(out)) this.#fail("This text holds half of a character (a lone surrogate). Remove it.", start);
    return out;
  }

  #escape(): string {
    const next = this.text[this.#at + 1] ?? "";
    const hex = /^[0-9a-fA-F]{4}$/.exec(this.text.slice(this.#at + 2, this.#at + 6));
    if (next === "u" && hex) {
      this.#at += 6;
      return String.fromCharCode(Number.parseInt(hex[0], 16));
    }
    const char = ESCAPES[next];
    if (char === undefined || next === "") this.#fail("This is no escape of JSON. Write \\\\ for a backslash.");
    this.#at += 2;
    return char;
  }

  #number(): number {
    const start = this.#at;
    const digits = this.#match(NUMBER);
    if (digits === "" || /^[\d.eE+]/.test(this.text[this.#at] ?? "")) {
      this.#fail("This is no number of JSON. Write it as 620, 6.5 or 1e3.", start);
    }
    const number = Number(digits);
    if (!Number.isFinite(number)) this.#fail(`No reader can hold a number of this size. Write it as text: "${digits}"`, start);
    const whole = !/[.eE]/.test(digits);
    if (Math.abs(number) > LARGEST && (whole || Math.abs(number) < EXPONENT_FROM)) {
      this.#fail(`Other readers would round a number beyond 2^53. Write it as text: "${digits}"`, start);
    }
    return number;
  }

  #word(): Json {
    const start = this.#at;
    const word = this.#match(WORD);
    const value = WORDS.get(word);
    if (value !== undefined) return value;
    const lower = OTHERS.get(word);
    if (lower) this.#fail(`JSON does not know ${word}. Write ${lower}`, start);
    if (word) this.#fail(`JSON does not know this word. Write it as text: "${word}"`, start);
    const char = this.text[start] ?? "";
    if (char === "'") this.#fail('Text stands between double quotes. Write " instead.', start);
    this.#fail(char === "/" || char === "#" ? "JSON has no comments. Remove this." : "No value can begin with this. Remove it.", start);
  }

  #space(): void {
    this.#match(SPACE);
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.text)?.[0] ?? "";
    this.#at += found.length;
    return found;
  }

  #fail(message: string, at = this.#at): never {
    throw new Broken(at, message);
  }
}
