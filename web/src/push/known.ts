const KEY = "handrail.push";

/** By which id this browser shows pushes, as far as it knows. */
export function remembers(): string | null {
  return localStorage.getItem(KEY);
}

/** Remember it; `null` forgets. */
export function remember(id: string | null): void {
  if (id === null) localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, id);
}
