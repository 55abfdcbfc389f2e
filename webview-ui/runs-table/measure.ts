/** Marks for measurements: bench/table.bench.mjs reads them. */

/** Notes when the next frame has been drawn. */
export function markFrame(name: string): void {
  afterFrame(() => performance.mark(name));
}

/**
 * Notes for how long the main thread works on what began at `start` and is being drawn: the script up to now with the work that
 * is queued, and the next frame, without the wait for it.
 */
export function measureWork(name: string, start: number): void {
  queueMicrotask(() => {
    const script = performance.now() - start;
    afterFrame((frame) => performance.measure(name, { start, duration: script + frame }));
  });
}

/** With the milliseconds that drawing the frame took. */
function afterFrame(then: (duration: number) => void): void {
  requestAnimationFrame(() => {
    const start = performance.now();
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      then(performance.now() - start);
    };
    port2.postMessage(null);
  });
}
