import { useState } from "react";
import { Button } from "../controls";
import { type CurveAxes, curvesFrame } from "./drawCurves";
import { exportPng, exportSvg } from "./exportPicture";
import { extension } from "./extension";
import type { Line } from "./lines";

export interface ExportProps {
  metric: string;
  lines: Line[];
  axes: CurveAxes | undefined;
  runs: string[];
  groups: string[][] | null;
}

/** Saves what the chart shows as a picture, or every point behind it as a table. */
export function ExportButtons({ metric, lines, axes, runs, groups }: ExportProps) {
  const [fault, setFault] = useState<string>();
  const picture = axes && lines.length > 0 && { metric, lines, axes };

  async function save(kind: "png" | "svg" | "csv"): Promise<void> {
    setFault(undefined);
    try {
      if (kind === "csv") await extension.call("saveCsv", { key: metric, runs: groups?.flat() ?? runs });
      else if (picture) {
        const bytes = kind === "png" ? await exportPng(picture, curvesFrame) : exportSvg(picture, curvesFrame);
        await extension.call("savePicture", { name: metric, kind, bytes });
      }
    } catch (error) {
      setFault(error instanceof Error ? error.message : String(error));
    }
  }

  return (
    <div className="chart-actions">
      {fault && (
        <span role="alert" className="fault">
          {fault}
        </span>
      )}
      {(["png", "svg", "csv"] as const).map((kind) => (
        <Button
          key={kind}
          kind="icon"
          label={`Export as ${kind.toUpperCase()}`}
          off={kind !== "csv" && !picture}
          onClick={() => void save(kind)}
        >
          {kind.toUpperCase()}
        </Button>
      ))}
    </div>
  );
}
