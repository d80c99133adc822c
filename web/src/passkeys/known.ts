const KEY = "handrail.passkey";

/** Whether somebody has added or used a passkey in this browser. */
export function known(): boolean {
  try {
    return localStorage.getItem(KEY) !== null;
  } catch {
    return false;
  }
}

/** Remember that somebody did. */
export function remember(): void {
  try {
    localStorage.setItem(KEY, "1");
  } catch {
    return;
  }
}
