import { useEffect, useId, useMemo, useRef, useState } from "react";
import { formatSize } from "../../src/domain/format";
import type { RunPageContent } from "../../src/protocol/runPage";
import { Button, TextField } from "../controls";
import { extension } from "./extension";
import { matchesOf } from "./logSearch";

interface Log {
  text: string;
  size: number;
  skipped: number;
}

/** The end of the log, with the lines that have a text in them. */
export function LogPart({ run, revision }: { run: RunPageContent; revision: number }) {
  const [log, setLog] = useState<Log>();
  const [fault, setFault] = useState<string>();
  const [wanted, setWanted] = useState("");
  const id = useId();
  const end = useRef<HTMLPreElement>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another revision has other lines.
  useEffect(() => {
    extension.call("log", {}).then(setLog, (error: Error) => setFault(error.message));
  }, [revision]);
  const found = useMemo(() => (log ? matchesOf(log.text, wanted) : undefined), [log, wanted]);
  // What is wanted of a log is mostly at its end: the newest line, or the error that ended the run.
  // biome-ignore lint/correctness/useExhaustiveDependencies: after each change of what shows.
  useEffect(() => {
    if (end.current) end.current.scrollTop = end.current.scrollHeight;
  }, [found]);

  if (fault) return <p role="alert">The log could not be read: {fault}</p>;
  if (!log || !found) return <p role="status">Reading the log…</p>;
  if (log.size === 0) return <p className="faint">Nothing was printed.</p>;
  return (
    <>
      <div className="log-bar">
        <label htmlFor={id}>Search</label>
        <TextField
          id={id}
          label="Search"
          describedBy={[]}
          value={wanted}
          placeholder="Text in a line"
          onChange={setWanted}
        />
        <span role="status" className="faint">
          {wanted.trim() && `${found.lines.length === 1 ? "1 line" : `${found.lines.length} lines`} of ${found.total}`}
        </span>
        <Button onClick={() => extension.notify("act", { action: "log" })}>Open Log</Button>
      </div>
      {log.skipped > 0 && (
        <p className="faint">
          The last {formatSize(log.size - log.skipped)} of {formatSize(log.size)} of {run.name} are here. Open Log shows
          more.
        </p>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: so that it scrolls with the keys. */}
      <pre ref={end} className="log" tabIndex={0} role="log" aria-label="Log" aria-live="off">
        {wanted.trim()
          ? found.lines.map(({ number, before, match, after }) => (
              <div key={number}>
                <span className="line-number">{number}</span>
                {before}
                <mark>{match}</mark>
                {after}
              </div>
            ))
          : log.text}
      </pre>
    </>
  );
}
