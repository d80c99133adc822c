import { post, Refusal } from "../api/client";
import { able, type Asked, use } from "../passkeys/ceremony";
import { known, remember } from "../passkeys/known";

/** The part of the sign-in page that needs a script: the button for passkeys. */
function open(place: HTMLElement): void {
  const button = place.querySelector("button");
  const said = place.querySelector<HTMLElement>("[role=alert]");
  const form = document.querySelector("form");
  if (!button || !said || !form) throw new Error("the page for signing in lacks a part");
  const onward = place.dataset["onward"] ?? "/";
  const enter = async (asked: boolean): Promise<void> => {
    said.hidden = true;
    button.disabled = true;
    const refused = await tried(onward);
    button.disabled = false;
    said.textContent = refused;
    said.hidden = refused === null || !asked;
  };
  button.addEventListener("click", () => void enter(true));
  place.hidden = false;
  if (!known()) return;
  button.classList.add("accent");
  form.querySelector("button.accent")?.classList.remove("accent");
  form.before(place);
  button.focus();
  if (onward !== "/") void enter(false);
}

/** Sign in and go on; else why not. */
async function tried(onward: string): Promise<string | null> {
  try {
    const asked = await post<Asked>("/v1/sessions/challenge", {});
    await post("/v1/sessions/passkey", await use(asked));
    remember();
    location.assign(onward);
    return null;
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    if (error instanceof DOMException) return "No passkey was used. Try again, or sign in with your password.";
    throw error;
  }
}

const place = document.getElementById("passkey");
if (place && able()) open(place);
