import { get, post, Refusal, remove } from "../api/client";
import type { PushBrowser, PushBrowsers } from "../api/types";
import { bytes, text } from "../passkeys/ceremony";
import { device } from "../passkeys/words";
import { remember, remembers } from "./known";

/** Whose address the page may run as a worker: a policy that gives this one, whatever it is asked for. */
interface Policies {
  createPolicy(name: string, rules: { createScriptURL: () => string }): { createScriptURL(asked: string): string };
}

const WORKER = "/worker.js";
const policies = (globalThis as { trustedTypes?: Policies }).trustedTypes;
const worker = policies?.createPolicy("handrail-worker", { createScriptURL: () => WORKER }).createScriptURL(WORKER);


/** Whether this browser can show pushes at this address. On an iPhone it can once the app is on its home screen. */
export function able(): boolean {
  return isSecureContext && "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
}

/** The browsers of this person that show pushes. Throws `Refusal`. */
export async function browsers(): Promise<PushBrowsers> {
  return get<PushBrowsers>("/v1/push");
}

/** Which of them this one is, if it is one. */
export function here(known: PushBrowsers): PushBrowser | undefined {
  return known.items.find((one) => one.id === remembers());
}

/** Ask the person, and subscribe; on a click only. Whether they want it. Throws `Refusal` and `DOMException`. */
export async function begin(key: string): Promise<boolean> {
  if ((await Notification.requestPermission()) !== "granted") return false;
  await subscribed(key);
  return true;
}

/** Subscribe anew where the browser has changed its address since. */
export async function keep(): Promise<void> {
  if (remembers() === null || !able() || Notification.permission !== "granted") return;
  try {
    const { key } = await browsers();
    if (key) await subscribed(key);
  } catch (error) {
    if (!(error instanceof Refusal || error instanceof DOMException)) throw error;
  }
}

/** Show no pushes here any more, or in another browser of this person. Throws `Refusal`. */
export async function end(one: PushBrowser): Promise<void> {
  if (remembers() === one.id) {
    const registration = await navigator.serviceWorker.getRegistration();
    await (await registration?.pushManager.getSubscription())?.unsubscribe();
    remember(null);
  }
  await remove(`/v1/push/${one.id}`);
}

async function subscribed(key: string): Promise<void> {
  const registration = await navigator.serviceWorker.register(worker ?? WORKER);
  await navigator.serviceWorker.ready;
  const manager = registration.pushManager;
  const made = await manager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(key) });
  const found = await post<PushBrowser>("/v1/push", {
    name: device(navigator.userAgent),
    endpoint: made.endpoint,
    key: text(made.getKey("p256dh") ?? new ArrayBuffer(0)),
    secret: text(made.getKey("auth") ?? new ArrayBuffer(0)),
  });
  remember(found.id);
}
