// Put into the page before its own script: reads the same stream beside it, and looks when a change is painted.
globalThis.handrailBench = (() => {
  let waiting = [];
  let painted = [];
  let due = 0;
  let counting = false;

  const after = (work) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = work;
    port2.postMessage(null);
  };

  const place = (id) => {
    const link = document.querySelector(`[data-id=${id}]`);
    return link?.closest("article") ?? link;
  };
  const shown = ({ id, select, least }) => Number.parseInt(place(id)?.querySelector(select)?.textContent ?? "0", 10) >= least;

  const look = () => {
    const done = waiting.filter(shown);
    if (done.length) {
      waiting = waiting.filter((one) => !done.includes(one));
      // Behind the frame in which the change is in the document.
      after(() => painted.push(...done.map((one) => performance.timeOrigin + performance.now() - one.at / 1000)));
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);

  const heard = (text) => {
    for (const [, data] of text.matchAll(/^data: (\{"at":.*\})$/gm)) {
      const { at, row, card } = JSON.parse(data);
      const { id } = row ?? card;
      if (!counting || !place(id)) continue;
      due += 1;
      waiting.push(row ? { at, id, select: ".said", least: row.comments } : { at, id, select: ".cost .mut", least: card.steps });
    }
  };

  const listen = async (body) => {
    const decoder = new TextDecoder();
    let rest = "";
    for await (const piece of body) {
      const whole = rest + decoder.decode(piece, { stream: true });
      const end = whole.lastIndexOf("\n\n") + 1;
      rest = whole.slice(end);
      heard(whole.slice(0, end));
    }
  };

  let rows = null;
  const first = () => {
    if (document.querySelector("[data-id]")) after(() => (rows ??= performance.now()));
    else requestAnimationFrame(first);
  };
  requestAnimationFrame(first);

  let review = null;
  const opened = () => {
    if (document.querySelector("[data-pane=review] h1")) after(() => (review ??= performance.now()));
    else requestAnimationFrame(opened);
  };
  requestAnimationFrame(opened);

  const ENDS = { script: ".js", style: ".css", fonts: ".woff2" };
  const weight = (entries, end) => entries.filter((one) => one.name.endsWith(end)).reduce((sum, one) => sum + one.transferSize, 0) / 1000;

  const fetched = globalThis.fetch;
  globalThis.fetch = async (path, init) => {
    const answer = await fetched(path, init);
    if (!String(path).startsWith("/v1/stream") || !answer.body) return answer;
    const [own, other] = answer.body.tee();
    listen(own).catch(() => {});
    return new Response(other, answer);
  };

  return {
    begin() {
      [waiting, painted, due, counting] = [[], [], 0, true];
    },
    // What was told is painted within two seconds, or counts as missed.
    async end() {
      const until = performance.now() + 2000;
      while (painted.length < due && performance.now() < until) await new Promise(requestAnimationFrame);
      counting = false;
      return { painted, due };
    },
    // When the first rows were painted, in ms, and the KB that were asked for until then, and in all.
    load() {
      const all = performance.getEntriesByType("resource");
      const early = all.filter((one) => one.startTime < rows);
      return { rows, weights: Object.fromEntries(Object.entries(ENDS).map(([kind, end]) => [kind, [weight(early, end), weight(all, end)]])) };
    },
    // The KB of script that were asked for until a review was painted, and in all.
    review() {
      const all = performance.getEntriesByType("resource");
      return [weight(all.filter((one) => one.startTime < review), ENDS.script), weight(all, ENDS.script)];
    },
    async frames(count) {
      const found = [];
      let last = await new Promise(requestAnimationFrame);
      while (found.length < count) {
        const now = await new Promise(requestAnimationFrame);
        found.push(now - last);
        last = now;
      }
      return found;
    },
  };
})();
