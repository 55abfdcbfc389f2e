import { useEffect, useRef, useState } from "react";
import type { Preview } from "../../src/protocol/preview";
import type { MediaItem } from "../../src/protocol/sideBySide";
import { useNear } from "../base/near";
import { showText } from "../base/numbers";
import { PreviewView } from "../preview/PreviewView";
import { extension } from "./extension";

export interface MediaCellProps {
  item: MediaItem | undefined;
  /** Name of the series. */
  series: string;
  /** What the series and the run are called, for those who cannot see the picture. */
  label: string;
}

/** One run's file at the step of the slider. It is read when it comes in sight; the last one stays until the next is there. */
export function MediaCell({ item, series, label }: MediaCellProps) {
  const cell = useRef<HTMLDivElement>(null);
  const isNear = useNear(cell);
  const preview = usePreview(isNear ? item : undefined);
  return (
    <div className="media-cell" ref={cell}>
      {item ? (
        <>
          {preview ? <PreviewView name={label} preview={preview} /> : <div className="media-room" aria-hidden="true" />}
          {(item.step !== null || item.path !== series) && (
            <p className="media-facts" title={item.path}>
              {item.step === null ? showText(item.path, 60) : `step ${item.step}`}
            </p>
          )}
        </>
      ) : (
        <p className="media-facts">none</p>
      )}
    </div>
  );
}

const KEPT = 200;
const kept = new Map<string, Promise<Preview>>();

function usePreview(item: MediaItem | undefined): Preview | undefined {
  const [preview, setPreview] = useState<Preview>();
  useEffect(() => {
    if (!item) return;
    let isWanted = true;
    read(item).then(
      (found) => isWanted && setPreview(found),
      (error: Error) => isWanted && setPreview({ kind: "none", reason: error.message }),
    );
    return () => {
      isWanted = false;
    };
  }, [item]);
  return preview;
}

/** Contents never change: the slider goes back and forth over what was read before. */
function read({ path, sha256, size }: MediaItem): Promise<Preview> {
  const key = `${sha256} ${path}`;
  const known = kept.get(key);
  if (known) return known;
  const reading = extension.call("preview", { path, sha256, size });
  kept.set(key, reading);
  reading.catch(() => kept.delete(key));
  for (const oldest of kept.keys()) {
    if (kept.size <= KEPT) break;
    kept.delete(oldest);
  }
  return reading;
}
