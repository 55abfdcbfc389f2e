/** What `run` gives to its callback, as it comes. Ends, or throws, as `run` does; when nobody listens any more, it is aborted. */
export async function* chunksOf(
  run: (onOutput: (chunk: Uint8Array) => void, signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const left = new AbortController();
  const waiting: Uint8Array[] = [];
  let wake = () => {};
  let over = false;
  const running = run(
    (chunk) => {
      waiting.push(chunk);
      wake();
    },
    AbortSignal.any([signal, left.signal]),
  ).finally(() => {
    over = true;
    wake();
  });
  // It is heard of below; nobody may be listening by then.
  running.catch(() => {});
  try {
    for (;;) {
      yield* waiting.splice(0);
      if (waiting.length > 0) continue;
      if (over) break;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    await running;
  } finally {
    left.abort(new Error("nobody listens any more"));
  }
}
