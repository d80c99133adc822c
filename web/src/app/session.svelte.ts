import { get, Refusal, signOut, trust } from "../api/client";
import type { Me, Row } from "../api/types";
import { belong, forget } from "../review/drafts";

class Session {
  me = $state.raw<Me | null>(null);
  failed = $state.raw<Refusal | null>(null);
  #others = new BroadcastChannel("handrail.session");

  constructor() {
    this.#others.onmessage = ({ data }) => this.#told(data);
  }

  /** Learn who is here; without a session go and sign in. */
  async load(): Promise<void> {
    try {
      this.#come(await get<Me>("/v1/me"));
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

  /** End the session, in every tab; what was begun is forgotten. Throws `Refusal`. */
  async end(): Promise<void> {
    await signOut();
    forget();
    this.#others.postMessage("out");
    this.#go();
  }

  /** Whether a review waits for this person. */
  asks(row: Row): boolean {
    const me = this.me;
    if (!me || (row.status !== "open" && row.status !== "claimed") || !me.permissions.includes("decide")) return false;
    if (row.barred.includes(me.id) || row.votes.some((vote) => vote.id === me.id)) return false;
    return me.solo || row.asked.some((id) => id === me.id || me.groups.includes(id));
  }

  /** Somebody is here. Where it is another person than before, nothing of what the page knows is theirs. */
  #come(me: Me): void {
    const known = this.me && whoIs(this.me);
    if (known !== null && known !== whoIs(me)) return location.reload();
    belong(whoIs(me));
    if (known === null) this.#others.postMessage(whoIs(me));
    this.me = me;
    trust(me.csrf);
    this.failed = null;
  }

  /** What another tab says: that the session is over, that somebody signed out, or who is here now. */
  #told(said: unknown): void {
    if (said === "out") forget();
    if (said === "out" || said === "over") this.#go();
    else if (this.me && said !== whoIs(this.me)) location.reload();
  }

  #go(): void {
    location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
  }
}

function whoIs(me: Me): string {
  return `${me.tenant}/${me.id}`;
}

export const session = new Session();
