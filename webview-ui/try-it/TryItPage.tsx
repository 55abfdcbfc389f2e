import "../base/base.css";
import "./try-it.css";
import { useEffect, useMemo, useState } from "react";
import type { TryItContent } from "../../src/protocol/tryIt";
import { showText } from "../base/numbers";
import { Waiting } from "../base/Waiting";
import { Button } from "../controls";
import { AnswerPart } from "./AnswerPart";
import { extension, keepState, keptState } from "./extension";
import { History } from "./History";
import { InputForm } from "./InputForm";
import { bodyOf, emptyTable, type Table, tableOf } from "./table";
import { useDeployment, useTries } from "./useTries";
import { worthKeeping } from "./worthKeeping";

/** Asks how the deployment stands, and lets it be tried. */
export function TryItPage() {
  const { content, fault, reload } = useDeployment();
  if (content) return <TryIt content={content} fault={fault} />;
  return <Waiting what="The deployment" fault={fault} onTryAgain={reload} />;
}

const NO_BODY = '{\n  "inputs": []\n}';

function firstBody({ sample, columns }: TryItContent): string {
  if (sample !== null) return sample;
  return columns === null ? NO_BODY : bodyOf(emptyTable(columns)).body;
}

function TryIt({ content, fault }: { content: TryItContent; fault: string | undefined }) {
  const { root, name, columns } = content;
  const first = firstBody(content);
  const [body, setBody] = useState(() => keptState()?.draft ?? first);
  const [table, setTable] = useState<Table | null>(() => tableOf(body, columns));
  const [asJson, setAsJson] = useState(table === null);
  const { tries, isSending, send } = useTries();
  const draft = body === first ? undefined : body;
  useEffect(() => keepState({ root, name, draft, tries: worthKeeping(tries) }), [root, name, draft, tries]);

  const faults = useMemo(() => (table && !asJson ? bodyOf(table).faults : []), [table, asJson]);
  const problem = asJson ? jsonProblem(body) : undefined;
  const isWhole = faults.length === 0 && problem === undefined;
  const cannotCopy = content.endpoint === null || !isWhole;

  function change(next: Table): void {
    setTable(next);
    setBody(bodyOf(next).body);
  }
  function replace(next: string): void {
    const read = tableOf(next, columns);
    setBody(next);
    setTable(read);
    if (!read) setAsJson(true);
  }

  // Another version may take something else: a sample that nobody has changed is that of the version that answers now.
  const taken = JSON.stringify([first, columns]);
  const [known, setKnown] = useState({ taken, first });
  if (known.taken !== taken) {
    setKnown({ taken, first });
    if (!asJson || body === known.first) replace(body === known.first ? first : body);
  }

  return (
    <main className="try">
      <Header content={content} />
      {fault && (
        <p className="notice" role="alert">
          {showText(fault, 1_000)}
        </p>
      )}
      <section aria-labelledby="input">
        <div className="part-head">
          <h2 id="input">Input</h2>
          <Button
            off={asJson && tableOf(body, columns) === null}
            onClick={() => {
              if (asJson) setTable(tableOf(body, columns));
              setAsJson(!asJson);
            }}
          >
            {asJson ? "Edit as Table" : "Edit as JSON"}
          </Button>
          <Button onClick={() => replace(firstBody(content))}>Reset to Sample</Button>
        </div>
        {body === first && content.sampleSource && (
          <p className="hint">The sample: {showText(content.sampleSource, 300)}</p>
        )}
        {table && !asJson ? (
          <InputForm table={table} faults={faults} onChange={change} />
        ) : (
          <textarea
            className="json"
            aria-label="Body of the request, JSON"
            aria-invalid={problem !== undefined}
            spellCheck={false}
            value={body}
            rows={Math.min(24, Math.max(8, body.split("\n").length))}
            onChange={({ target }) => setBody(target.value)}
          />
        )}
        {problem && (
          <p className="fault" role="alert">
            {problem}
          </p>
        )}
        <div className="actions">
          <Button kind="primary" off={isSending || !isWhole} onClick={() => send(body)}>
            {isSending ? "Sending…" : "Send"}
          </Button>
          <Button off={cannotCopy} onClick={() => void extension.call("copy", { as: "curl", body })}>
            Copy as curl
          </Button>
          <Button off={cannotCopy} onClick={() => void extension.call("copy", { as: "python", body })}>
            Copy as Python
          </Button>
        </div>
      </section>
      {tries[0] && <AnswerPart tried={tries[0]} />}
      {tries.length > 1 && <History tries={tries} onChoose={({ body: chosen }) => replace(chosen)} />}
    </main>
  );
}

function Header({ content }: { content: TryItContent }) {
  const { name, model, target, state, isLive, endpoint, versions } = content;
  return (
    <header>
      <h1>{showText(name)}</h1>
      <p className="state">
        <span className={isLive ? "status live" : "status"}>{state}</span>
        <span>{showText(model)}</span>
        {target !== "local" && <span>{showText(target)}</span>}
        {endpoint && <code>{showText(endpoint, 300)}</code>}
      </p>
      {versions.length > 0 && (
        <ul className="versions">
          {versions.map((version) => (
            <li key={version}>{version}</li>
          ))}
        </ul>
      )}
      <div className="actions">
        <Button onClick={() => void extension.call("act", { action: "show" })}>Show Deployment</Button>
        <Button onClick={() => void extension.call("act", { action: "log" })}>Show Log</Button>
      </div>
    </header>
  );
}

function jsonProblem(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return `This is no JSON: ${(error as Error).message}`;
  }
}
