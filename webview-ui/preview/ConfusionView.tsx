import type { ConfusionMatrix } from "../../src/domain/evaluation/evaluation";
import { showNumber, showText } from "../base/numbers";
import { confusionWords, sharesOf } from "./confusion";

/** With more classes their numbers would not fit into the cells; the table below has them all. */
const MOST_WRITTEN = 20;
const MOST_NAMED = 40;
const SIDE = { few: 44, many: 300 };
const TITLE = 18;
const NAME_CHARACTERS = 14;
const CHARACTER = 6.2;

/** A matrix as squares, the darker the larger their share of the row, and as a table. */
export function ConfusionView({ name, matrix }: { name: string; matrix: ConfusionMatrix }) {
  const { title, labels, counts } = matrix;
  const words = confusionWords(matrix);
  const whole = title === "" ? name : `${name}, ${showText(title, 60)}`;
  return (
    <figure className="evaluation">
      {title !== "" && <figcaption>{showText(title, 60)}</figcaption>}
      <Squares matrix={matrix} label={`Confusion matrix of ${whole}. ${words}`} />
      <p className="preview-note">{words}</p>
      <details>
        <summary>Numbers</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what can be scrolled can be reached by keys. */}
        <section className="preview-scroll" tabIndex={0} aria-label={`Numbers of ${whole}`}>
          <table className="preview-table">
            <thead>
              <tr>
                <th scope="col">Actual \ predicted</th>
                {labels.map((label, at) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: classes may be named alike.
                  <th key={at} scope="col">
                    {showText(label, 60)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {counts.map((row, actual) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: as above.
                <tr key={actual}>
                  <th scope="row">{showText(labels[actual]!, 60)}</th>
                  {row.map((count, predicted) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: as above.
                    <td key={predicted}>{showNumber(count)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      </details>
    </figure>
  );
}

function Squares({ matrix, label }: { matrix: ConfusionMatrix; label: string }) {
  const { labels, counts } = matrix;
  const shares = sharesOf(matrix);
  const cell = Math.min(SIDE.few, SIDE.many / labels.length);
  const names = labels.length <= MOST_NAMED ? labels.map((name) => showText(name, NAME_CHARACTERS)) : [];
  const room = 12 + Math.max(0, ...names.map((name) => name.length)) * CHARACTER;
  const [left, top] = [TITLE + room, TITLE];
  const side = cell * labels.length;
  // The names below lean by 45°.
  const size = { width: left + side + 4, height: top + side + room * 0.75 + 4 };
  return (
    <svg
      className="evaluation-picture"
      viewBox={`0 0 ${size.width} ${size.height}`}
      {...size}
      role="img"
      aria-label={label}
    >
      <text x={left + side / 2} y={12} textAnchor="middle" className="axis-title">
        predicted
      </text>
      <text transform={`translate(12 ${top + side / 2}) rotate(-90)`} textAnchor="middle" className="axis-title">
        actual
      </text>
      {counts.map((row, actual) =>
        row.map((count, predicted) => (
          <g
            // biome-ignore lint/suspicious/noArrayIndexKey: cells have nothing but their place.
            key={`${actual} ${predicted}`}
            transform={`translate(${left + predicted * cell} ${top + actual * cell})`}
          >
            <rect
              className={actual === predicted ? "right" : "wrong"}
              width={cell}
              height={cell}
              fillOpacity={shares[actual]![predicted]! * 0.45}
            />
            {labels.length <= MOST_WRITTEN && cell >= 18 && (
              <text x={cell / 2} y={cell / 2} textAnchor="middle" dominantBaseline="central">
                {shortNumber(count, cell)}
              </text>
            )}
          </g>
        )),
      )}
      {names.map((name, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: classes may be named alike.
        <g key={at}>
          <text x={left - 5} y={top + (at + 0.5) * cell} textAnchor="end" dominantBaseline="central">
            {name}
          </text>
          <text
            transform={`translate(${left + (at + 0.5) * cell} ${top + side + 6}) rotate(-45)`}
            textAnchor="end"
            dominantBaseline="central"
          >
            {name}
          </text>
        </g>
      ))}
    </svg>
  );
}

/** What fits into a square: "12", "3.1k", "0.25". */
function shortNumber(count: number, width: number): string {
  const most = Math.max(2, Math.floor(width / 8));
  const exact = showNumber(count);
  if (exact.length <= most) return exact;
  const short = Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 2 }).format(count);
  return short.length <= most + 1 ? short : "…";
}
