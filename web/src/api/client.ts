import type { Problem } from "./types";

/** What the server refused, and why. `status` 0: it was not reached. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly problem: Partial<Problem> & Record<string, unknown> = {},
    readonly request: string | null = null,
  ) {
    super(message);
  }
}

let csrf: string | null = null;

/** Remember the token that proves that a write comes from this page. */
export function trust(token: string | null): void {
  csrf = token;
}

/** Read an answer. Throws `Refusal`. */
export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return (await send("GET", path, undefined, signal ? { signal } : {})).json() as Promise<T>;
}

/** A new key for a command. `crypto.randomUUID` would be there over HTTPS and on this machine only. */
export function once(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Send a command; repeated with the same `key` it happens once. Throws `Refusal`. */
export async function post<T>(path: string, body: unknown, key: string = once()): Promise<T> {
  const answer = await send("POST", path, body, { headers: { "Idempotency-Key": key } });
  return (answer.status === 204 ? undefined : await answer.json()) as T;
}

/** Take something away, with what is to be said of it. Throws `Refusal`. */
export async function remove(path: string, body?: unknown): Promise<void> {
  await send("DELETE", path, body, { headers: { "Idempotency-Key": once() } });
}

/** End the session. Throws `Refusal`. */
export async function signOut(): Promise<void> {
  await send("DELETE", "/v1/sessions/current");
}

async function send(method: string, path: string, body?: unknown, given: RequestInit = {}): Promise<Response> {
  const headers = new Headers(given.headers);
  headers.set("Accept", "application/json");
  if (body !== undefined) headers.set("Content-Type", "application/json");
  if (method !== "GET" && csrf !== null) headers.set("X-CSRF-Token", csrf);
  const init: RequestInit = { ...given, method, headers, credentials: "same-origin", cache: "no-store" };
  if (body !== undefined) init.body = JSON.stringify(body);
  const answer = await reach(path, init);
  if (!answer.ok) throw await refusal(answer);
  return answer;
}

async function reach(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Refusal(0, "unreachable", "The server cannot be reached. Nothing was sent, or its answer was lost.");
  }
}

async function refusal(answer: Response): Promise<Refusal> {
  const request = answer.headers.get("x-request-id");
  const said = (await answer.json().catch(() => ({}))) as Partial<Problem> & Record<string, unknown>;
  const code = typeof said["code"] === "string" ? said["code"] : "broken";
  const detail = typeof said["detail"] === "string" ? said["detail"] : `The server answered ${answer.status}.`;
  return new Refusal(answer.status, code, detail, said, request);
}
