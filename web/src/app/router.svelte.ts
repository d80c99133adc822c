export type RoomName = "inbox" | "oversight";
/** Where the page is: the inbox, and in it a review; or the wall, and on it a run. */
export interface Place {
  room: RoomName;
  id: string | null;
}

const REVIEW = /^\/inbox\/(rev_[0-9a-hjkmnp-tv-z]{26})$/;
const RUN = /^\/oversight(?:\/(run_[0-9a-hjkmnp-tv-z]{26}))?$/;

function read(path: string): Place {
  const wall = RUN.exec(path);
  if (wall) return { room: "oversight", id: wall[1] ?? null };
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
      if (this.#closing) history.replaceState(history.state, "", this.#address(this.place));
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
    return this.#address({ room: "inbox", id });
  }

  /** The address of a run, or of the wall. */
  toRun(id: string | null): string {
    return this.#address({ room: "oversight", id });
  }

  /**
   * Go to a review, or to the list; `replace` leaves no step back; `enter` gives its heading the focus. Going to the
   * list where one came from it is a step back, so that steps do not pile up.
   */
  open(id: string | null, { replace = false, enter = false } = {}): void {
    this.entering = enter ? id : null;
    this.#go({ room: "inbox", id }, replace);
  }

  /** Go to a run, or to the wall, in the same way. */
  watch(id: string | null, { replace = false } = {}): void {
    this.entering = null;
    this.#go({ room: "oversight", id }, replace);
  }

  /** What a room is asked for in its address stays there when one goes to the other. */
  #address(place: Place): string {
    const path = `/${place.room}${place.id === null ? "" : `/${place.id}`}`;
    return place.room === this.place.room ? path + this.#search : path;
  }

  #go(place: Place, replace: boolean): void {
    const stays = place.room === this.place.room;
    if (stays && place.id === this.place.id) return;
    const address = this.#address(place);
    const listed = (history.state as { listed?: boolean } | null)?.listed ?? false;
    if (stays && place.id === null && listed) {
      this.#closing = true;
      history.back();
    } else if (replace) history.replaceState(history.state, "", address);
    else history.pushState({ listed: stays && this.place.id === null }, "", address);
    if (!stays) this.#search = "";
    this.place = place;
  }
}

export const router = new Router();
