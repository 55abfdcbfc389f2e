/** What looks like a metric in a line of output and is none. */

/** Lines of Python's own and of LightGBM about its data: warnings ("train.py:12: UserWarning: …") and places in tracebacks. */
const NOISE_LINE = /^\s*(?:File "|Traceback |[^\s:]+\.py:\d+: |\[LightGBM\]|\$ |\+ |>>> )/;

/** Whole names, in lower case. */
const NOT_METRICS = new Set(
  `eta time elapsed remaining duration timestamp date datetime clock
  pid ppid port seed random_state random_seed rank local_rank world_size node_rank device gpu cuda id run_id uuid line
  version v_num python torch cudnn numpy exitcode exit_code returncode killed signal
  epochs num_epochs n_epochs max_epochs steps max_steps num_steps total_steps iterations max_iter n_iter batch_size
  num_workers n_jobs n_estimators max_depth it/s s/it samples/s steps/s examples/s`.split(/\s+/),
);

/** Last words of longer names ("Listening on port: 8080"). */
const NOT_LAST = new Set(["port", "pid", "seed", "version", "date", "id", "line", "device", "code", "address"]);

/** Times per something, names of exceptions, parts of addresses and paths. */
const NOT_LIKE = /^(?:ns|us|ms|s|secs?|min|time)\/|(?:Error|Exception|Warning|Interrupt)$|^https?$|[\\/]$|\.py$/;

/** A variable of the environment, not a metric: its name shouts and its value is whole. */
const SHOUTED = /^[A-Z][A-Z0-9]*_[A-Z0-9_]+$/;

/** Words before a bare number that make a sentence of it ("finished in 12.3"), not a value. */
const PREPOSITIONS = new Set(
  "of in on at to from for by with than after before over under took is was are and or about per until within".split(
    " ",
  ),
);

export function isNoiseLine(line: string): boolean {
  return NOISE_LINE.test(line);
}

/** Whether a name cannot be that of a metric; `number` as it was printed. */
export function isNoise(key: string, number: string): boolean {
  if (NOT_METRICS.has(key.toLowerCase()) || NOT_LIKE.test(key)) return true;
  const last = key.slice(key.lastIndexOf(" ") + 1);
  if (!number.includes(".") && SHOUTED.test(last)) return true;
  return last.length < key.length && NOT_LAST.has(last.toLowerCase());
}

/** Whether words before a bare number read as prose. */
export function isProse(key: string): boolean {
  return PREPOSITIONS.has(key.slice(key.lastIndexOf(" ") + 1).toLowerCase());
}
