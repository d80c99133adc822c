import { get, Refusal, signOut, trust } from "../api/client";
import type { Me, Row } from "../api/contract";

class Session {
  me = $state.raw<Me | null>(null);
  failed = $state.raw<Refusal | null>(null);
  #others = new BroadcastChannel("handrail.session");

  constructor() {
    this.#others.onmessage = () => this.#go();
  }

  /** Learn who is here; without a session go and sign in. */
  async load(): Promise<void> {
    try {
      this.me = await get<Me>("/v1/me");
      trust(this.me.csrf);
      this.failed = null;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.status === 401) this.leave();
      else if (!this.me) this.failed = error;
    }
  }

  /** The session is over: every tab goes to the page for signing in, and comes back where it was. */
  leave(): void {
    this.#others.postMessage("over");
    this.#go();
  }

  /** End the session, in every tab. Throws `Refusal`. */
  async end(): Promise<void> {
    await signOut();
    this.leave();
  }

  /** Whether a review waits for this person. */
  asks(row: Row): boolean {
    const me = this.me;
    if (!me || (row.status !== "open" && row.status !== "claimed") || !me.permissions.includes("decide")) return false;
    if (row.barred.includes(me.id) || row.votes.some((vote) => vote.id === me.id)) return false;
    return me.solo || row.asked.some((id) => id === me.id || me.groups.includes(id));
  }

  #go(): void {
    location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
  }
}

export const session = new Session();
