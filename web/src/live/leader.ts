const NAME = "handrail.live";

/** Whether tabs can agree on one of them; browsers offer that over HTTPS and on this machine only. */
export const CAN_AGREE = "locks" in navigator;

/** One tab of the browser leads; when it goes, the next one does. Without locks every tab leads itself. */
export class Leadership {
  leads = false;
  #turn: AbortController | null = null;
  #give: (() => void) | null = null;

  constructor(
    readonly begin: () => void,
    readonly end: () => void,
  ) {}

  /** Lead as soon as nobody else does; `steal` takes it from one that does not answer. */
  seek(steal = false): void {
    if (!CAN_AGREE) return this.#lead();
    this.#turn?.abort();
    const turn = new AbortController();
    this.#turn = turn;
    navigator.locks
      .request(NAME, steal ? { steal } : { signal: turn.signal }, () => {
        this.#lead();
        return new Promise<void>((resolve) => {
          this.#give = resolve;
        });
      })
      .catch(() => this.#lost(turn));
  }

  /** Let the next one lead. */
  leave(): void {
    const turn = this.#turn;
    this.#turn = null;
    turn?.abort();
    this.#stop();
  }

  #lost(turn: AbortController): void {
    if (this.#turn !== turn) return;
    this.#stop();
    this.seek();
  }

  #lead(): void {
    this.leads = true;
    this.begin();
  }

  #stop(): void {
    this.#give?.();
    this.#give = null;
    if (!this.leads) return;
    this.leads = false;
    this.end();
  }
}
