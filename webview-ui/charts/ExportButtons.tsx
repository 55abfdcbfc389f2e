import { useState } from "react";
import { Button } from "../controls";
import { type ExportedPicture, exportPng, exportSvg } from "./exportPicture";
import { extension } from "./extension";

export interface ExportProps {
  /** What the file is called. */
  name: string;
  /** Undefined: there is nothing to be seen. */
  picture: ExportedPicture | undefined;
  /** What is behind the picture, as a table; or a function that has it written. */
  csv: (() => string) | (() => Promise<unknown>);
}

/** Saves what a chart shows as a picture, or the values behind it as a table. */
export function ExportButtons({ name, picture, csv }: ExportProps) {
  const [fault, setFault] = useState<string>();

  async function save(kind: "png" | "svg" | "csv"): Promise<void> {
    setFault(undefined);
    try {
      if (kind === "csv") {
        const table = await csv();
        if (typeof table !== "string") return;
        await extension.call("saveFile", { name, kind, bytes: new TextEncoder().encode(table) });
      } else if (picture) {
        const bytes = kind === "png" ? await exportPng(picture) : exportSvg(picture);
        await extension.call("saveFile", { name, kind, bytes });
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
