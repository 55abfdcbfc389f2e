import "./run-form.css";
import { useCallback, useEffect, useState } from "react";
import type { RunFormContent, RunFormValues } from "../../src/protocol/runForm";
import { Button } from "../controls";
import { extension, keptValues, onArgumentsChanged } from "./extension";
import { RunForm } from "./RunForm";

type Loaded = { content: RunFormContent; values: RunFormValues };

/** Asks for what is to be shown, and shows it. */
export function RunFormPage() {
  const [loaded, setLoaded] = useState<Loaded>();
  const [fault, setFault] = useState<string>();

  const load = useCallback(() => {
    setFault(undefined);
    extension.call("load", {}).then(
      (content) => setLoaded({ content, values: keptValues(content.script) ?? content.values }),
      (error: Error) => setFault(error.message),
    );
  }, []);
  useEffect(load, [load]);

  useEffect(
    () =>
      onArgumentsChanged((script) =>
        setLoaded((before) => before && { ...before, content: { ...before.content, arguments: script } }),
      ),
    [],
  );

  if (loaded) return <RunForm content={loaded.content} firstValues={loaded.values} />;
  if (fault === undefined) return <p role="status">Reading the script…</p>;
  return (
    <main>
      <p role="alert">The script could not be read: {fault}</p>
      <Button onClick={load}>Try Again</Button>
    </main>
  );
}
