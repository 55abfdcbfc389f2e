import { useEffect, useState } from "react";
import type { Artifact } from "../../src/domain/run";
import type { Preview } from "../../src/protocol/preview";
import { extension } from "./extension";

/** Undefined until it is read. `isWanted`: false for not yet. */
export function usePreview({ path, sha256, size }: Artifact, isWanted = true): Preview | undefined {
  const [preview, setPreview] = useState<Preview>();
  useEffect(() => {
    if (!isWanted) return;
    const controller = new AbortController();
    extension.call("preview", { path, sha256, size }, controller.signal).then(setPreview, (error: Error) => {
      if (!controller.signal.aborted) setPreview({ kind: "none", reason: error.message });
    });
    return () => controller.abort();
  }, [path, sha256, size, isWanted]);
  return preview;
}
