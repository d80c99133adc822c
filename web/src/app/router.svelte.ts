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

  constructor() {
    addEventListener("popstate", () => {
      this.place = read(location.pathname);
    });
  }

  /** Go to a review, or to the list; `replace` leaves no step back. */
  open(id: string | null, { replace = false } = {}): void {
    const path = id === null ? "/inbox" : `/inbox/${id}`;
    if (path !== location.pathname) history[replace ? "replaceState" : "pushState"](null, "", path);
    this.place = { room: "inbox", id };
  }
}

export const router = new Router();
