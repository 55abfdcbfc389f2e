import type { LogHit } from "../../src/protocol/runPage";
import { Button } from "../controls";
import { hitsWords } from "./logHits";
import type { LogSearch } from "./useLogSearch";

export interface LogHitListProps {
  search: LogSearch;
  onOpen(hit: LogHit): void;
}

/** The lines of the log with the text; each leads to its place. */
export function LogHitList({ search: { found, fault, isSearching, goOn }, onOpen }: LogHitListProps) {
  if (fault) return <p role="alert">The log could not be searched: {fault}</p>;
  if (!found) return null;
  return (
    <>
      <ol className="log hits" aria-label="Lines with the text">
        {found.hits.map((hit) => (
          <li key={`${hit.offset} ${hit.line}`}>
            <button type="button" onClick={() => onOpen(hit)}>
              <span className="line-number">{hit.line}</span>
              {hit.before}
              <mark>{hit.match}</mark>
              {hit.after}
            </button>
          </li>
        ))}
        {found.hits.length === 0 && <li className="faint">{found.done ? "No line has it." : "None so far."}</li>}
      </ol>
      {!found.done && !isSearching && (
        <p>
          {hitsWords(found)}. <Button onClick={goOn}>Go On</Button>
        </p>
      )}
    </>
  );
}
