/** The form, fetched when it is first needed: most reviews are decided without an edit. */
export const editing = () => import("./Editing.svelte");

let begun = false;

/** Fetch the form while nothing else is to do, so that it opens at once. Failing is no harm: it is fetched again then. */
export function ahead(): void {
  if (begun) return;
  begun = true;
  const fetch = (): void => void editing().catch(() => (begun = false));
  if ("requestIdleCallback" in window) requestIdleCallback(fetch, { timeout: 2000 });
  else setTimeout(fetch, 200);
}
