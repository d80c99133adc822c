import { get, Refusal } from "../api/client";
import type { Stop } from "../api/types";

/** What is stopped now; read again with the inbox, which is read again whenever that changes. */
class Stopped {
  list = $state.raw<readonly Stop[]>([]);
  #reading = 0;

  async load(): Promise<void> {
    const reading = (this.#reading += 1);
    try {
      const { items } = await get<{ items: Stop[] }>("/v1/stops?limit=200");
      if (reading === this.#reading) this.list = items.filter((one) => one.state.status === "present");
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }
}

export const stopped = new Stopped();
