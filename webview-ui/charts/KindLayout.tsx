import { type ReactNode, useMemo } from "react";
import type { ChartsView } from "../../src/protocol/chartsState";
import { showText } from "../base/numbers";
import { useBackground } from "../base/theme";
import { type Size, Sized } from "../plot/Picture";
import { ExportButtons, type ExportProps } from "./ExportButtons";
import { extension } from "./extension";
import type { KindProps } from "./kindProps";
import { Legend } from "./Legend";
import { runEntries } from "./runEntries";

export interface KindLayoutProps extends Pick<KindProps, "content" | "view" | "onView"> {
  /** Fields in the bar above. */
  fields: ReactNode;
  title: string;
  /** Beside the title. */
  aside?: string | undefined;
  exported: ExportProps;
  /** Told instead of a picture. */
  note: string | undefined;
  fault?: string | undefined;
  /** Below the title. */
  children?: ReactNode;
  /** The picture. */
  picture(size: Size): ReactNode;
  /** The runs that the legend tells of; absent: all. */
  listed?: ReadonlySet<string>;
}

/** A chart of all runs that fills the page: the bar above, the picture with its title, and the runs beside it. */
export function KindLayout(props: KindLayoutProps) {
  const { content, view, onView, fields, title, aside, exported, note, fault, children, picture, listed } = props;
  const background = useBackground();
  const entries = useMemo(() => {
    const all = runEntries(content.runs, background);
    return listed ? all.filter(({ id }) => listed.has(id)) : all;
  }, [content.runs, background, listed]);
  return (
    <>
      <div className="bar" role="toolbar" aria-label="Chart">
        {fields}
      </div>
      <div className="body">
        <section className="chart whole" aria-label={showText(title)}>
          <header className="chart-title">
            <h2 title={showText(title, 1_000)}>{showText(title)}</h2>
            <span className="chart-aside" role="status">
              {aside}
            </span>
            <ExportButtons {...exported} />
          </header>
          {children}
          {fault || note ? (
            <p className="chart-note" role={fault ? "alert" : "status"}>
              {fault ?? note}
            </p>
          ) : (
            <Sized className="whole-room">{picture}</Sized>
          )}
        </section>
        <Legend
          entries={entries}
          hidden={view.hidden}
          onHidden={(hidden) => onView({ hidden })}
          onOpen={(id) => void extension.call("openRun", { id })}
        />
      </div>
    </>
  );
}

/** Places of the runs that are not hidden. */
export function useShownRows({ runs }: KindProps["content"], { hidden }: ChartsView): number[] {
  return useMemo(() => {
    const off = new Set(hidden);
    return runs.flatMap(({ id }, row) => (off.has(id) ? [] : row));
  }, [runs, hidden]);
}
