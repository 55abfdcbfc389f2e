import type { RunFormContent } from "../../src/protocol/runForm";
import { Link } from "../controls";
import { extension } from "./extension";

export function Header({ content }: { content: RunFormContent }) {
  const { label, interpreter, arguments: script } = content;
  return (
    <header className="header">
      <h1>
        Run <span className="script">{label}</span>
      </h1>
      <p className="meta">
        {interpreter === null ? (
          <span className="warning">No Python interpreter was found yet; select one before you run.</span>
        ) : (
          <span>
            With <span className="code">{interpreter}</span>
          </span>
        )}
        <Link onClick={() => extension.notify("openScript", {})}>Open script</Link>
      </p>
      {script.command.help && <p>{script.command.help}</p>}
    </header>
  );
}
