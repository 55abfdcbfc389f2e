/** Moments that `bench/charts.bench.mjs`, and the browser's own profiler, tell times between. Only the latest of each is kept. */
export function markLatest(name: "curves-asked" | "curves-came" | "curves-drawn", detail?: unknown): void {
  performance.clearMarks(name);
  performance.mark(name, { detail });
}
