import "../base/base.css";
import "../base/page.css";
import "./charts.css";
import { useCallback, useEffect, useMemo, useState } from "react";
import type { ChartsContent } from "../../src/protocol/charts";
import { type ChartsView, firstView } from "../../src/protocol/chartsState";
import { showText } from "../base/numbers";
import { useBackground } from "../base/theme";
import { Button } from "../controls";
import { ChartGrid } from "./ChartGrid";
import { CurveChart } from "./CurveChart";
import { extension, keepCharts, keptCharts } from "./extension";
import { groupings, groupsOf } from "./groups";
import { Legend, type LegendEntry } from "./Legend";
import { groupLook, type LineNames, lookOf } from "./lines";
import { Toolbar } from "./Toolbar";
import { useContent } from "./useContent";

/** Asks for what is to be shown, and shows it. */
export function ChartsPage() {
  const { content, fault, revision, reload } = useContent();
  if (content) return <Charts content={content} revision={revision} fault={fault} />;
  if (fault === undefined) return <p role="status">Reading the runs…</p>;
  return (
    <main className="trouble">
      <p role="alert">The runs could not be read: {fault}</p>
      <Button onClick={reload}>Try Again</Button>
    </main>
  );
}

interface ChartsProps {
  content: ChartsContent;
  revision: number;
  fault: string | undefined;
}

function Charts({ content, revision, fault }: ChartsProps) {
  const [view, setView] = useState<ChartsView>(() => keptCharts()?.view ?? firstView);
  const { source, title, runs, metrics, leftOut } = content;
  useEffect(() => {
    keepCharts({ source, title, view });
  }, [source, title, view]);
  const onView = useCallback((change: Partial<ChartsView>) => setView((before) => ({ ...before, ...change })), []);

  const background = useBackground();
  const groups = useMemo(() => groupsOf(runs, view.group), [runs, view.group]);
  const names = useMemo((): LineNames => {
    const byId = new Map(runs.map(({ id, name }) => [id, name]));
    return { run: (id) => byId.get(id) ?? id, group: (place) => groups?.[place]?.label ?? "", background };
  }, [runs, groups, background]);
  const entries = useMemo(
    (): LegendEntry[] =>
      groups
        ? groups.map(({ label, runs: ids }, place) => {
            return { id: label, label, runs: ids.length, ...groupLook(place, background) };
          })
        : runs.map(({ id, name, status }) => ({ id, label: name, status, ...lookOf(id, background) })),
    [runs, groups, background],
  );
  const asked = useMemo(
    () => ({ runs: runs.map(({ id }) => id), groups: groups?.map(({ runs: ids }) => ids) ?? null }),
    [runs, groups],
  );
  const shown = useMemo(() => {
    const wanted = view.filter.trim().toLowerCase();
    return metrics.map(({ key }) => key).filter((key) => key.toLowerCase().includes(wanted));
  }, [metrics, view.filter]);

  return (
    <main className="page">
      <h1 className="unseen">Charts of {showText(title)}</h1>
      <Toolbar view={view} groupings={useMemo(() => groupings(runs), [runs])} onView={onView} />
      {leftOut > 0 && (
        <p className="note">
          The newest {runs.length} runs show; {leftOut} older ones do not.
        </p>
      )}
      {fault && (
        <p className="note" role="alert">
          What shows may be old: {fault}
        </p>
      )}
      <div className="body">
        {shown.length > 0 ? (
          <ChartGrid
            metrics={shown}
            columns={view.columns}
            chart={(metric) => (
              <CurveChart
                metric={metric}
                view={view}
                {...asked}
                names={names}
                revision={revision}
                onRange={(range) => onView({ range })}
              />
            )}
          />
        ) : (
          <p className="chart-note" role="status">
            {emptyNote(content, view.filter)}
          </p>
        )}
        <Legend
          entries={entries}
          hidden={view.hidden}
          onHidden={(hidden) => onView({ hidden })}
          onOpen={groups ? undefined : (id) => void extension.call("openRun", { id })}
        />
      </div>
    </main>
  );
}

function emptyNote({ runs, metrics }: ChartsContent, filter: string): string {
  if (runs.length === 0) return "These runs are gone: they were deleted, or their store was.";
  if (metrics.length === 0) return "These runs have logged no metrics so far.";
  return `No metric has “${showText(filter, 40)}” in its name.`;
}
