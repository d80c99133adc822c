/** Where the page is: the inbox, and in it a review. */
export interface Place {
  room: "inbox";
  id: string | null;
}

const REVIEW = /^\/inbox\/(rev_[0-9a-hjkmnp-tv-z]{26})$/;

function read(path: string): Place {
  return { room: "inbox", id: REVIEW.exec(path)?.[1] ?? null };
}

class Router {
  place = $state<Place>(read(location.pathname));
  /** The review whose heading gets the focus once it is there: the person went to it, not past it. */
  entering = $state<string | null>(null);
  #closing = false;
  #search = $state(location.search);
  #asked = $derived(new URLSearchParams(this.#search));

  constructor() {
    addEventListener("popstate", () => {
      this.place = read(location.pathname);
      if (this.#closing) history.replaceState(history.state, "", this.to(this.place.id));
      this.#closing = false;
      this.#search = location.search;
    });
  }

  /** What the address asks for by this name; empty if nothing. */
  asked(name: string): string {
    return this.#asked.get(name) ?? "";
  }

  /** Ask for something in the address, without a step back; nothing asked is left out. */
  ask(name: string, value: string): void {
    const asked = new URLSearchParams(this.#search);
    if (value) asked.set(name, value);
    else asked.delete(name);
    const text = asked.toString();
    this.#search = text ? `?${text}` : "";
    history.replaceState(history.state, "", location.pathname + this.#search);
  }

  /** The address of the list of what everybody is asked and a search finds. */
  found(query: string): string {
    return `/inbox?${new URLSearchParams({ tab: "team", q: query }).toString()}`;
  }

  /** Go to the list of what everybody is asked and a search finds. */
  search(query: string): void {
    this.ask("tab", "team");
    this.ask("q", query);
    this.open(null);
  }

  /** The address of a review, or of the list. */
  to(id: string | null): string {
    return (id === null ? "/inbox" : `/inbox/${id}`) + this.#search;
  }

  /**
   * Go to a review, or to the list; `replace` leaves no step back; `enter` gives its heading the focus. Going to the
   * list where one came from it is a step back, so that steps do not pile up.
   */
  open(id: string | null, { replace = false, enter = false } = {}): void {
    this.entering = enter ? id : null;
    if (id === this.place.id) return;
    const listed = (history.state as { listed?: boolean } | null)?.listed ?? false;
    if (id === null && listed) {
      this.#closing = true;
      history.back();
    } else if (replace) history.replaceState(history.state, "", this.to(id));
    else history.pushState({ listed: this.place.id === null }, "", this.to(id));
    this.place = { room: "inbox", id };
  }
}

export const router = new Router();
