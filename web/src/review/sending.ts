import { once, post } from "../api/client";

/** What a decision says. */
export interface Decision {
  outcome: string;
  view: string;
  seen: string[];
  note?: string;
  value?: unknown;
  args?: unknown;
  standing?: Terms;
}

/** What an approval lets run like it: for how long, how often, and with which arguments the same (all without any). */
export interface Terms {
  lasts: string;
  times?: number;
  fixed?: string[];
}

/** What became of a command. */
export interface Answer {
  id: string;
  status: string;
}

/** Sends commands so that each happens once: the same one sent again, since its answer was lost, keeps its key. */
export class Sender {
  #last = { text: "", key: "" };

  /** Throws `Refusal`. */
  async send(path: string, body: unknown): Promise<Answer> {
    const answer = await post<Answer>(path, body, this.keyFor(path, body));
    this.#last = { text: "", key: "" };
    return answer;
  }

  /** The key of a command: that of the last one if it is the same and was never answered well. */
  keyFor(path: string, body: unknown): string {
    const text = path + JSON.stringify(body);
    if (text !== this.#last.text) this.#last = { text, key: once() };
    return this.#last.key;
  }
}
