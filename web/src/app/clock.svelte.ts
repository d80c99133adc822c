/** The server's time, in µs since the epoch, as far as it is known; it moves on once a second. */
class Clock {
  #offset = $state(0);
  #tick = $state(Date.now());
  now = $derived(this.#tick * 1000 + this.#offset);

  constructor() {
    setInterval(() => {
      this.#tick = Date.now();
    }, 1000);
  }

  /** Take the server's word for the time. */
  set(now: number): void {
    this.#tick = Date.now();
    this.#offset = now - this.#tick * 1000;
  }
}

export const clock = new Clock();
