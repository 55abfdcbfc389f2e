import "../base/base.css";
import "../base/page.css";
import "./side-by-side.css";
import { useEffect, useMemo, useState } from "react";
import { itemAt, stepsOf } from "../../src/domain/media";
import type { Difference, Differences, Series, SideBySideContent } from "../../src/protocol/sideBySide";
import { showText } from "../base/numbers";
import { useBackground } from "../base/theme";
import { Waiting } from "../base/Waiting";
import { lookOf } from "../charts/lines";
import { Button } from "../controls";
import { extension, keepSides, keptSides } from "./extension";
import { MediaCell } from "./MediaCell";
import { useSides } from "./useSides";

/** Asks for what is to be shown, and shows it. */
export function SideBySidePage() {
  const { content, differences, fault, reload } = useSides();
  if (content) return <Sides content={content} differences={differences} fault={fault} />;
  return <Waiting what="The runs" fault={fault} onTryAgain={reload} />;
}

interface SidesProps {
  content: SideBySideContent;
  differences: Differences | undefined;
  fault: string | undefined;
}

function Sides({ content, differences, fault }: SidesProps) {
  const { root, ids, runs, series, leftOut } = content;
  const [step, setStep] = useState<number | null>(() => keptSides()?.step ?? null);
  const [filter, setFilter] = useState(() => keptSides()?.filter ?? "");
  useEffect(() => {
    keepSides({ root, ids, step, filter });
  }, [root, ids, step, filter]);

  const steps = useMemo(() => [...new Set(series.flatMap(stepsOf))].sort((a, b) => a - b), [series]);
  const shown = useMemo(() => {
    const wanted = filter.trim().toLowerCase();
    return series.filter(({ name }) => name.toLowerCase().includes(wanted));
  }, [series, filter]);
  const background = useBackground();
  if (runs.length < 2) {
    return (
      <main className="trouble">
        <p role="alert">Of these runs only {runs.length === 1 ? "one is" : "none are"} still there.</p>
      </main>
    );
  }
  return (
    <main className="page">
      <h1 className="unseen">{runs.length} runs side by side</h1>
      <header className="bar">
        {steps.length > 1 && <StepSlider steps={steps} step={step} onStep={setStep} />}
        {series.length > 1 && (
          <label className="field">
            Show
            <input
              type="search"
              value={filter}
              placeholder="part of a name"
              onChange={({ target }) => setFilter(target.value)}
            />
          </label>
        )}
        <Button onClick={() => void extension.call("compareCode", {})}>Compare Code</Button>
        <p className="summary">{differences ? differences.summary : "Comparing…"}</p>
      </header>
      {fault && (
        <p className="note" role="alert">
          Not all could be read: {fault}
        </p>
      )}
      <div className="sides" data-runs={runs.length}>
        <table>
          <thead>
            <tr>
              <td className="corner" />
              {runs.map(({ id, name, experiment }) => (
                <th key={id} scope="col">
                  <svg className="swatch" viewBox="0 0 12 12" aria-hidden="true">
                    <rect width="12" height="12" rx="2" fill={lookOf(id, background).colour} />
                  </svg>
                  <button type="button" title={experiment} onClick={() => void extension.call("openRun", { id })}>
                    {showText(name, 80)}
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          {differences?.parts.map((part) => (
            <Part key={part.title} part={part} runs={runs.length} />
          ))}
          {shown.length > 0 && (
            <tbody>
              <tr>
                <th className="part" scope="rowgroup" colSpan={runs.length + 1}>
                  Artifacts
                </th>
              </tr>
              {shown.map((one) => (
                <SeriesRow key={`${one.kind} ${one.name}`} series={one} runs={runs} step={step} />
              ))}
            </tbody>
          )}
        </table>
        {differences && differences.same.length > 0 && <p className="note">The same: {differences.same.join(", ")}.</p>}
        {differences?.uncertain.map((doubt) => (
          <p key={doubt} className="note">
            {doubt}
          </p>
        ))}
        {leftOut > 0 && <p className="note">There are more artifacts than are shown here.</p>}
        {series.length === 0 && (
          <p className="note">These runs have no pictures, texts or tables among their artifacts.</p>
        )}
      </div>
    </main>
  );
}

interface StepSliderProps {
  steps: number[];
  step: number | null;
  onStep(step: number | null): void;
}

/** Over the steps that there are, not over all numbers between them. */
function StepSlider({ steps, step, onStep }: StepSliderProps) {
  const last = steps.length - 1;
  const found = step === null ? last : steps.findLastIndex((one) => one <= step);
  const at = Math.max(0, found);
  return (
    <label className="field">
      Step
      <input
        type="range"
        min={0}
        max={last}
        value={at}
        aria-valuetext={`step ${steps[at]}`}
        onChange={({ target }) => onStep(Number(target.value) === last ? null : steps[Number(target.value)]!)}
      />
      <output>{steps[at]}</output>
    </label>
  );
}

/** The first column names what differs, the others are the runs'. */
function Part({ part, runs }: { part: Difference; runs: number }) {
  const { title, headline, isPerRun, rows, notes } = part;
  return (
    <tbody>
      <tr>
        <th className="part" scope="rowgroup" colSpan={runs + 1}>
          {title}
          {headline !== "" && <span className="headline">{headline}</span>}
        </th>
      </tr>
      {rows.map((row, at) => {
        const [name = "", ...values] = row;
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a file may stand in several rows.
          <tr key={at}>
            <th scope="row" title={showText(name, 1_000)}>
              {showText(name, 120)}
            </th>
            {isPerRun ? (
              values.map((value, side) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: it is the place of the run.
                <td key={side}>{showLines(value)}</td>
              ))
            ) : (
              <td colSpan={runs}>{showLines(values.join("   "))}</td>
            )}
          </tr>
        );
      })}
      {notes.map((note) => (
        <tr key={note}>
          <td className="note" colSpan={runs + 1}>
            {note}
          </td>
        </tr>
      ))}
    </tbody>
  );
}

/** Of values that have several lines each. */
const showLines = (value: string) =>
  value
    .split("\n")
    .map((line) => showText(line, 1_000))
    .join("\n");

interface SeriesRowProps {
  series: Series;
  runs: SideBySideContent["runs"];
  step: number | null;
}

function SeriesRow({ series, runs, step }: SeriesRowProps) {
  return (
    <tr>
      <th scope="row">{showText(series.name)}</th>
      {runs.map(({ id, name }, at) => {
        const item = itemAt(series.runs[at] ?? [], step);
        const where = item?.step == null ? "" : ` at step ${item.step}`;
        return (
          <td key={id}>
            <MediaCell
              item={item}
              series={series.name}
              label={`${showText(series.name)} of ${showText(name)}${where}`}
            />
          </td>
        );
      })}
    </tr>
  );
}
