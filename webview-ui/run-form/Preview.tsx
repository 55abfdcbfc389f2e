import { Fragment, useState } from "react";
import type { RunFormValues } from "../../src/protocol/runForm";
import type { ScriptArguments } from "../../src/protocol/scriptArguments";
import { Button } from "../controls";
import { quotedWords } from "./commandPreview";
import { CopyIcon } from "./icons";

export interface PreviewProps {
  command: readonly string[];
  script: ScriptArguments;
  values: RunFormValues;
}

export function Preview({ command, script, values }: PreviewProps) {
  const words = quotedWords(command, script, values);
  const [copied, setCopied] = useState<{ line: string; done: boolean }>();

  async function copy(text: string): Promise<void> {
    const done = await navigator.clipboard.writeText(text).then(
      () => true,
      () => false,
    );
    setCopied({ line: text, done });
  }

  if (words === null) return <p className="help">The command line is shown once every quote is closed.</p>;
  const line = words.join(" ");
  const message = copied?.line === line && (copied.done ? "Copied." : "Select the text to copy it.");
  return (
    <div className="preview">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what can be scrolled must be reached by keyboard too */}
      <section tabIndex={0} aria-label="Command line">
        <code>
          {words.map((word, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: words are known by their place
            <Fragment key={index}>
              <span>{word}</span>{" "}
            </Fragment>
          ))}
        </code>
      </section>
      <Button kind="icon" label="Copy the command line" onClick={() => void copy(line)}>
        <CopyIcon />
      </Button>
      <span className="help" role="status">
        {message}
      </span>
    </div>
  );
}
