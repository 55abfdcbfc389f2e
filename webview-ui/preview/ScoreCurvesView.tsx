import type { ScoreCurve } from "../../src/domain/evaluation/evaluation";
import { showNumber, showText } from "../base/numbers";
import { useBackground } from "../base/theme";
import { groupLook } from "../charts/lines";

export interface ScoreCurvesViewProps {
  name: string;
  form: "roc" | "precision-recall";
  curves: ScoreCurve[];
}

const FORMS = {
  roc: { title: "ROC curve", x: "false positive rate", y: "true positive rate", area: "AUC" },
  "precision-recall": { title: "Precision-recall curve", x: "recall", y: "precision", area: "average precision" },
} as const;

/** Of the plot, without its axes. */
const SIDE = 240;
const LEFT = 48;
const TOP = 8;
const TICKS = [0, 0.25, 0.5, 0.75, 1];

/** Curves of a classifier over all its thresholds, with the area below each. */
export function ScoreCurvesView({ name, form, curves }: ScoreCurvesViewProps) {
  const background = useBackground();
  const { title, x, y, area } = FORMS[form];
  const drawn = curves.map((curve, at) => ({ ...curve, ...groupLook(at, background), words: inWords(curve, area) }));
  const size = { width: LEFT + SIDE + 14, height: TOP + SIDE + 40 };
  return (
    <figure className="evaluation">
      <svg
        className="evaluation-picture"
        viewBox={`0 0 ${size.width} ${size.height}`}
        {...size}
        role="img"
        aria-label={`${title} of ${name}. ${drawn.map(({ words }) => words).join("; ")}`}
      >
        {TICKS.map((tick) => (
          <g key={tick}>
            <path
              className="rule"
              d={`M${across(tick)} ${down(0)}V${down(1)}M${across(0)} ${down(tick)}H${across(1)}`}
            />
            <text x={across(tick)} y={down(0) + 14} textAnchor="middle">
              {tick}
            </text>
            <text x={across(0) - 6} y={down(tick)} textAnchor="end" dominantBaseline="central">
              {tick}
            </text>
          </g>
        ))}
        {form === "roc" && <path className="chance" d={`M${across(0)} ${down(0)}L${across(1)} ${down(1)}`} />}
        {drawn.map(({ colour, dash, ...curve }, at) => (
          <polyline
            // biome-ignore lint/suspicious/noArrayIndexKey: classes may be named alike.
            key={at}
            className="curve"
            stroke={colour}
            strokeDasharray={dash.join(" ")}
            points={curve.x.map((value, point) => `${across(value)},${down(curve.y[point]!)}`).join(" ")}
          />
        ))}
        <text x={across(0.5)} y={size.height - 6} textAnchor="middle" className="axis-title">
          {x}
        </text>
        <text transform={`translate(12 ${down(0.5)}) rotate(-90)`} textAnchor="middle" className="axis-title">
          {y}
        </text>
      </svg>
      <ul className="evaluation-legend" aria-label={title}>
        {drawn.map(({ colour, dash, words }, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: as above.
          <li key={at}>
            <svg className="sample" viewBox="0 0 24 4" aria-hidden="true">
              <path d="M0 2H24" stroke={colour} strokeDasharray={dash.join(" ")} />
            </svg>
            {words}
          </li>
        ))}
      </ul>
    </figure>
  );
}

const across = (share: number) => Math.round((LEFT + share * SIDE) * 10) / 10;
const down = (share: number) => Math.round((TOP + (1 - share) * SIDE) * 10) / 10;

function inWords({ name, area }: ScoreCurve, kind: string): string {
  const value = area === null ? `${kind} unknown: the curve does not reach both ends` : `${kind} ${showNumber(area)}`;
  return name === "" ? value : `${showText(name, 60)}: ${value}`;
}
