/** Shows pushes and opens what they lead to. It keeps nothing, and no page of the app goes through it. */

/** What a push says: no word of an agent, and no argument. `until` is in µs. */
interface Said {
  id: string;
  title: string;
  link: string;
  until: number | null;
}

interface Ending extends Event {
  waitUntil(promise: Promise<unknown>): void;
}

interface Pushed extends Ending {
  data: { json(): Said } | null;
}

interface Clicked extends Ending {
  notification: Notification;
}

interface Worker extends EventTarget {
  registration: ServiceWorkerRegistration;
  clients: { openWindow(path: string): Promise<unknown> };
}

const worker = self as unknown as Worker;

worker.addEventListener("push", (event) => {
  const pushed = event as Pushed;
  if (pushed.data) pushed.waitUntil(show(pushed.data.json()));
});

worker.addEventListener("notificationclick", (event) => {
  const clicked = event as Clicked;
  clicked.notification.close();
  clicked.waitUntil(worker.clients.openWindow(String(clicked.notification.data)));
});

function show({ id, title, link, until }: Said): Promise<void> {
  const { origin, pathname } = new URL(link, location.origin);
  return worker.registration.showNotification(title, {
    body: until === null ? "Handrail" : `Until ${clock(until)}`,
    tag: id,
    data: origin === location.origin ? pathname : "/d",
    icon: "/icons/icon-192.png",
    badge: "/icons/badge-96.png",
  });
}

/** A time as the device tells times; another day than today with its name. */
function clock(micros: number): string {
  const at = new Date(micros / 1000);
  const day = at.toDateString() === new Date().toDateString() ? {} : ({ weekday: "short", day: "numeric" } as const);
  return at.toLocaleString([], { hour: "2-digit", minute: "2-digit", ...day });
}
