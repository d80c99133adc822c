/** What came from `after` (exclusive) to `to`, in positions of the log. */
export interface Link {
  after: number;
  to: number;
}

/**
 * How far what is known reaches without a gap: a snapshot, and the links of the stream behind it.
 *
 * Links that come before the snapshot was read are kept until it is there.
 */
export class Chain {
  position: number | null = null;
  #early: Link[] = [];

  /** Add a link. Returns false where something is missing before it. */
  add(link: Link): boolean {
    if (this.position === null) {
      this.#early.push(link);
      return true;
    }
    if (link.after > this.position) return false;
    this.position = Math.max(this.position, link.to);
    return true;
  }

  /** A snapshot will be read: what comes from now on counts. */
  restart(): void {
    this.position = null;
    this.#early = [];
  }

  /** A snapshot was read. Returns false where something is missing behind it. */
  begin(position: number): boolean {
    const early = this.#early;
    this.position = position;
    this.#early = [];
    return early.every((link) => this.add(link));
  }
}
