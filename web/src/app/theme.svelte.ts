type Theme = "light" | "dark";
const KEY = "handrail.theme";

class Theming {
  chosen = $state<Theme | null>(null);

  constructor() {
    const kept = localStorage.getItem(KEY);
    if (kept === "light" || kept === "dark") this.#apply(kept);
  }

  /** Change to the other theme, and keep it. */
  toggle(): void {
    const dark = this.chosen ? this.chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    const next: Theme = dark ? "light" : "dark";
    localStorage.setItem(KEY, next);
    this.#apply(next);
  }

  #apply(theme: Theme): void {
    this.chosen = theme;
    document.documentElement.dataset["theme"] = theme;
  }
}

export const theming = new Theming();
