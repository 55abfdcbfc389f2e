/** Ms on a clock that only goes forward. (`performance` would have to be loaded by Node, with every run.) */
export function now(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1_000 + nanoseconds / 1e6;
}
