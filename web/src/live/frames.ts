type Reading = { readonly id: string; readonly v: number };

/** Of two readings of one thing the later one; at the same position the one that came last, as names may have changed. */
export function later<T extends Reading>(known: T | undefined, reading: T): T {
  return known && known.v > reading.v ? known : reading;
}

/** Gathers what is read anew, and hands the latest of each over once for each frame. */
export function byFrame<T extends Reading>(take: (taken: readonly T[]) => void): (readings: readonly T[]) => void {
  const waiting = new Map<string, T>();
  let due = false;
  const flush = (): void => {
    due = false;
    const taken = [...waiting.values()];
    waiting.clear();
    take(taken);
  };
  return (readings) => {
    for (const one of readings) waiting.set(one.id, later(waiting.get(one.id), one));
    if (due) return;
    due = true;
    if (document.hidden) setTimeout(flush, 200);
    else requestAnimationFrame(flush);
  };
}
