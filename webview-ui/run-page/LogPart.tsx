import { useEffect, useId, useRef, useState } from "react";
import { formatSize } from "../../src/domain/format";
import type { LogPosition, RunPageContent } from "../../src/protocol/runPage";
import { Button, TextField } from "../controls";
import { extension } from "./extension";
import { LogHitList } from "./LogHitList";
import { LogPlaceView } from "./LogPlaceView";
import { hitsWords } from "./logHits";
import { useLogSearch } from "./useLogSearch";

interface Log {
  text: string;
  size: number;
  skipped: number;
}

/** The end of the log; the lines of all of it with a text, and the place of each. */
export function LogPart({ run, revision }: { run: RunPageContent; revision: number }) {
  const [log, setLog] = useState<Log>();
  const [fault, setFault] = useState<string>();
  const [wanted, setWanted] = useState("");
  const [position, setPosition] = useState<LogPosition>();
  const search = useLogSearch(wanted, revision);
  const id = useId();

  // biome-ignore lint/correctness/useExhaustiveDependencies: another revision has other lines.
  useEffect(() => {
    extension.call("log", {}).then(setLog, (error: Error) => setFault(error.message));
  }, [revision]);

  if (fault) return <p role="alert">The log could not be read: {fault}</p>;
  if (!log) return <p role="status">Reading the log…</p>;
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
          placeholder="Text in a line of the whole log"
          onChange={(text) => {
            setWanted(text);
            setPosition(undefined);
          }}
        />
        <span role="status" className="faint">
          {search.found && hitsWords(search.found)}
        </span>
        {search.isSearching && <Button onClick={search.cancel}>Cancel</Button>}
        <Button onClick={() => extension.notify("act", { action: "log" })}>Open Log</Button>
      </div>
      {wanted.trim() === "" ? (
        <LogEnd log={log} />
      ) : position ? (
        <LogPlaceView position={position} onMove={setPosition} onBack={() => setPosition(undefined)} />
      ) : (
        <LogHitList search={search} onOpen={({ offset, line }) => setPosition({ offset, line })} />
      )}
      {wanted.trim() === "" && log.skipped > 0 && (
        <p className="faint">
          The last {formatSize(log.size - log.skipped)} of {formatSize(log.size)} of {run.name} are here. Search looks
          through all of it.
        </p>
      )}
    </>
  );
}

function LogEnd({ log: { text } }: { log: Log }) {
  const end = useRef<HTMLPreElement>(null);
  // What is wanted of a log is mostly at its end: the newest line, or the error that ended the run.
  // biome-ignore lint/correctness/useExhaustiveDependencies: after each change of what shows.
  useEffect(() => {
    if (end.current) end.current.scrollTop = end.current.scrollHeight;
  }, [text]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: so that it scrolls with the keys.
    <pre ref={end} className="log" tabIndex={0} role="log" aria-label="Log" aria-live="off">
      {text}
    </pre>
  );
}
