import { get, Refusal, trust } from "../api/client";
import type { Me, Row } from "../api/contract";

class Session {
  me = $state<Me | null>(null);
  failed = $state<Refusal | null>(null);

  /** Learn who is here; without a session go and sign in. */
  async load(): Promise<void> {
    try {
      this.me = await get<Me>("/v1/me");
      trust(this.me.csrf);
      this.failed = null;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.status === 401) this.leave();
      else this.failed = error;
    }
  }

  /** Go to the page for signing in, and come back here. */
  leave(): void {
    location.assign(`/login?next=${encodeURIComponent(location.pathname)}`);
  }

  /** Whether a review waits for this person. */
  asks(row: Row): boolean {
    const me = this.me;
    if (!me || (row.status !== "open" && row.status !== "claimed") || !me.permissions.includes("decide")) return false;
    if (row.barred.includes(me.id) || row.votes.some((vote) => vote.id === me.id)) return false;
    return me.solo || row.asked.some((id) => id === me.id || me.groups.includes(id));
  }
}

export const session = new Session();
