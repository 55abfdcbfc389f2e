import "../base/base.css";
import "../base/page.css";
import "./charts.css";
import { type ComponentType, useCallback, useEffect, useState } from "react";
import type { ChartsContent } from "../../src/protocol/charts";
import { type ChartKind, type ChartsView, firstView } from "../../src/protocol/chartsState";
import { showText } from "../base/numbers";
import { Waiting } from "../base/Waiting";
import { BarsView } from "./bars/BarsView";
import { CurvesView } from "./CurvesView";
import { keepCharts, keptCharts } from "./extension";
import { ImportanceView } from "./importance/ImportanceView";
import { KindTabs } from "./KindTabs";
import type { KindProps } from "./kindProps";
import { ParallelView } from "./parallel/ParallelView";
import { ScatterView } from "./scatter/ScatterView";
import { useContent } from "./useContent";

/** Asks for what is to be shown, and shows it. */
export function ChartsPage() {
  const { content, fault, revision, reload } = useContent();
  if (content) return <Charts content={content} revision={revision} fault={fault} />;
  return <Waiting what="The runs" fault={fault} onTryAgain={reload} />;
}

interface ChartsProps {
  content: ChartsContent;
  revision: number;
  fault: string | undefined;
}

const VIEWS: Record<ChartKind, ComponentType<KindProps>> = {
  curves: CurvesView,
  scatter: ScatterView,
  parallel: ParallelView,
  bars: BarsView,
  importance: ImportanceView,
};

function Charts({ content, revision, fault }: ChartsProps) {
  const [view, setView] = useState<ChartsView>(() => keptCharts()?.view ?? firstView);
  const { source, title, runs, leftOut } = content;
  useEffect(() => {
    keepCharts({ source, title, view });
  }, [source, title, view]);
  const onView = useCallback((change: Partial<ChartsView>) => setView((before) => ({ ...before, ...change })), []);
  const View = VIEWS[view.kind];

  return (
    <main className="page">
      <h1 className="unseen">Charts of {showText(title)}</h1>
      <KindTabs kind={view.kind} onKind={(kind) => onView({ kind })} />
      <section className="panel-of-kind" role="tabpanel" id="kind-panel" aria-labelledby={`kind-${view.kind}`}>
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
        {runs.length > 0 ? (
          <View content={content} view={view} revision={revision} onView={onView} />
        ) : (
          <p className="chart-note" role="status">
            These runs are gone: they were deleted, or their store was.
          </p>
        )}
      </section>
    </main>
  );
}
