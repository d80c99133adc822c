/** One event of a stream, as the server sent it. */
export interface StreamEvent {
  type: string;
  data: string;
  id: string | null;
}

/** Reads `text/event-stream` piece by piece: a line, an event or a character may be cut anywhere. */
export class EventReader {
  #decoder = new TextDecoder();
  #rest = "";
  #type = "";
  #data: string[] = [];
  #id: string | null = null;

  /** The events that this piece completes. */
  read(bytes: Uint8Array): StreamEvent[] {
    this.#rest += this.#decoder.decode(bytes, { stream: true });
    const lines = this.#rest.split("\n");
    this.#rest = lines.pop() ?? "";
    return lines.flatMap((line) => this.#line(line.endsWith("\r") ? line.slice(0, -1) : line));
  }

  #line(line: string): StreamEvent[] {
    if (line === "") return this.#end();
    const at = line.indexOf(":");
    const name = at < 0 ? line : line.slice(0, at);
    const value = at < 0 ? "" : line.slice(at + 1).replace(/^ /, "");
    if (name === "event") this.#type = value;
    else if (name === "data") this.#data.push(value);
    else if (name === "id") this.#id = value;
    return [];
  }

  #end(): StreamEvent[] {
    const event = { type: this.#type || "message", data: this.#data.join("\n"), id: this.#id };
    const empty = this.#data.length === 0;
    this.#type = "";
    this.#data = [];
    this.#id = null;
    return empty ? [] : [event];
  }
}
