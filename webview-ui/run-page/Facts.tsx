import { useState } from "react";
import { showText } from "../base/numbers";

const FIRST = 30;

/** Names with values; of many the first ones, until all are asked for. */
export function Facts({ facts }: { facts: readonly (readonly [string, string])[] }) {
  const [all, setAll] = useState(false);
  const shown = all ? facts : facts.slice(0, FIRST);
  return (
    <>
      <dl className="facts">
        {shown.map(([key, value]) => (
          <div key={key}>
            <dt>{showText(key, 120)}</dt>
            <dd title={showText(value, 2_000)}>{showText(value)}</dd>
          </div>
        ))}
      </dl>
      {facts.length > shown.length && (
        <button type="button" className="link" onClick={() => setAll(true)}>
          Show all {facts.length}
        </button>
      )}
    </>
  );
}
