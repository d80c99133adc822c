/** Draws every character that hides, moves or imitates, by the same allow-list as the server (`handrail.view.escape`). */

const UNPRINTABLE = /^[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Zs}]$/u;
const MARK = /^\p{M}$/u;
const BLANK =
  /^[\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0\ufffc\u{16fe4}\u{1d159}\ufe00-\ufe0f\u{e0100}-\u{e01ef}]$/u;
const OWN = /^[⟨⟩⏎⇥]$/u;
const PLAIN = /^[\x20-\x7e]*$/;
const ESCAPE = /⟨U\+([0-9A-F]{4,6})⟩|⏎|⇥/g;
const MOST_MARKS = 4;
const LAST = 0x10ffff;

function kind(char: string): "plain" | "mark" | "hidden" {
  if (char >= " " && char <= "~") return "plain";
  if (UNPRINTABLE.test(char) || BLANK.test(char) || OWN.test(char)) return "hidden";
  return MARK.test(char) ? "mark" : "plain";
}

function escaped(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  return `⟨U+${code.toString(16).toUpperCase().padStart(4, "0")}⟩`;
}

/** The text with everything unseen drawn; line breaks become `⏎` and tabs `⇥`. Two texts are never drawn alike. */
export function visible(text: string): string {
  return drawn(text, (char) => (char === "\n" ? "⏎" : char === "\t" ? "⇥" : escaped(char)));
}

/** The text as a field shows it: as `visible`, but lines break. */
export function toField(text: string): string {
  return drawn(text, (char) => (char === "\n" ? "\n" : char === "\t" ? "⇥" : escaped(char)));
}

/** The text that a field shows; what is no whole escape stands for itself. */
export function fromField(shown: string): string {
  return shown.replace(ESCAPE, (sign, code: string | undefined) => {
    if (code === undefined) return sign === "⏎" ? "\n" : "\t";
    const number = Number.parseInt(code, 16);
    return number <= LAST ? String.fromCodePoint(number) : sign;
  });
}

/** How many characters a reader would not see; line breaks and tabs are not among them. */
export function hidden(text: string): number {
  let found = 0;
  drawn(text, (char) => {
    if (!OWN.test(char) && char !== "\n" && char !== "\t") found += 1;
    return "";
  });
  return found;
}

/** JSON text in which unseen characters are written as `\u` escapes, which mean the same. */
export function visibleJson(json: string): string {
  return drawn(json, (char) => (char === "\n" || OWN.test(char) ? char : units(char)));
}

function units(char: string): string {
  return Array.from({ length: char.length }, (_, at) => `\\u${char.charCodeAt(at).toString(16).padStart(4, "0")}`).join("");
}

function drawn(text: string, draw: (char: string) => string): string {
  if (PLAIN.test(text)) return text;
  let out = "";
  let marks = MOST_MARKS;
  for (const char of text) {
    const is = kind(char);
    if (is === "plain") {
      out += char;
      marks = char === " " ? MOST_MARKS : 0;
    } else if (is === "mark" && marks < MOST_MARKS) {
      out += char;
      marks += 1;
    } else {
      out += draw(char);
      marks = MOST_MARKS;
    }
  }
  return out;
}
