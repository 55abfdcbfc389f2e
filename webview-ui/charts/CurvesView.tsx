import { useMemo } from "react";
import { showText } from "../base/numbers";
import { useBackground } from "../base/theme";
import { ChartGrid } from "./ChartGrid";
import { CurveChart } from "./CurveChart";
import { extension } from "./extension";
import { groupings, groupsOf } from "./groups";
import type { KindProps } from "./kindProps";
import { Legend, type LegendEntry } from "./Legend";
import { groupLook, type LineNames } from "./lines";
import { runEntries } from "./runEntries";
import { Toolbar } from "./Toolbar";

/** A chart for each metric, with a curve for each run or group. */
export function CurvesView({ content, view, revision, onView }: KindProps) {
  const { runs, metrics } = content;
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
        : runEntries(runs, background),
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
    <>
      <Toolbar view={view} groupings={useMemo(() => groupings(runs), [runs])} onView={onView} />
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
            {metrics.length === 0
              ? "These runs have logged no metrics so far."
              : `No metric has “${showText(view.filter, 40)}” in its name.`}
          </p>
        )}
        <Legend
          entries={entries}
          hidden={view.hidden}
          onHidden={(hidden) => onView({ hidden })}
          onOpen={groups ? undefined : (id) => void extension.call("openRun", { id })}
        />
      </div>
    </>
  );
}
