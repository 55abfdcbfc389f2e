import { useEffect } from "react";
import type { RunFormValues } from "../../src/protocol/runForm";
import { extension, keepValues } from "./extension";

const REMEMBER_AFTER_MS = 400;

/** Keeps what is filled in: at once for the page's own return, and a moment after the last change for the next one. */
export function useRemembered(script: string, values: RunFormValues): void {
  useEffect(() => {
    keepValues(script, values);
    const timer = setTimeout(() => extension.notify("remember", values), REMEMBER_AFTER_MS);
    return () => clearTimeout(timer);
  }, [script, values]);
}
