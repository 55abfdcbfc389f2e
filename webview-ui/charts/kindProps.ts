import type { ChartsContent } from "../../src/protocol/charts";
import type { ChartsView } from "../../src/protocol/chartsState";

/** What every kind of chart is given. */
export interface KindProps {
  content: ChartsContent;
  view: ChartsView;
  /** Counts the changes of the runs. */
  revision: number;
  onView(change: Partial<ChartsView>): void;
}
