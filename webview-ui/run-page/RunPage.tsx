import "../base/base.css";
import "./run-page.css";
import { useMemo, useState } from "react";
import { isEvaluationName } from "../../src/domain/evaluation/evaluation";
import { formatSize } from "../../src/domain/format";
import type { RunPageContent } from "../../src/protocol/runPage";
import { showText } from "../base/numbers";
import { usePacedNews } from "../base/pacedNews";
import { Waiting } from "../base/Waiting";
import { Artifacts } from "./Artifacts";
import { EvaluationPart } from "./EvaluationPart";
import { extension, keepPage, onChanged } from "./extension";
import { Facts } from "./Facts";
import { Header } from "./Header";
import { LogPart } from "./LogPart";
import { MetricList } from "./MetricList";
import { metricRows } from "./metricRows";
import { Section } from "./Section";
import { SystemPart } from "./SystemPart";

const PAUSE_MS = 1_000;

/** Asks for the run, and shows it as it is now. */
export function RunPage() {
  const [run, setRun] = useState<RunPageContent>();
  const [fault, setFault] = useState<string>();
  const [revision, setRevision] = useState(0);
  const load = () => {
    extension.call("load", {}).then(
      (loaded) => {
        setRun(loaded);
        setFault(undefined);
        setRevision((before) => before + 1);
        keepPage({ root: loaded.root, id: loaded.id, title: loaded.name });
      },
      (error: Error) => setFault(error.message),
    );
  };
  usePacedNews(onChanged, PAUSE_MS, load);
  if (run) return <Run run={run} revision={revision} fault={fault} />;
  return <Waiting what="The run" fault={fault} onTryAgain={load} />;
}

function Run({ run, revision, fault }: { run: RunPageContent; revision: number; fault: string | undefined }) {
  const params = Object.entries(run.params).map(([key, value]) => [key, value] as const);
  const metrics = useMemo(() => metricRows(run), [run]);
  const evaluations = run.artifacts.first.filter(({ path }) => isEvaluationName(path));
  return (
    <main className="run">
      <Header run={run} />
      {fault && <p role="alert">What shows may be old: {fault}</p>}
      <Gaps run={run} />
      <div className="columns">
        <Section title="Metrics" count={metrics.own.length} none="No metrics so far.">
          <MetricList run={run.id} rows={metrics.own} revision={revision} />
        </Section>
        <Section title="Params" count={params.length} none="No params.">
          <Facts facts={params} />
        </Section>
        <Section title="Snapshot">
          <Facts facts={snapshotFacts(run)} />
        </Section>
        <Section title="Data" count={run.data.total} none="No file of data was seen.">
          <DataFiles run={run} />
        </Section>
      </div>
      {evaluations.length > 0 && (
        <Section title="Evaluation" count={evaluations.length}>
          <EvaluationPart artifacts={evaluations} />
        </Section>
      )}
      <Section title="Artifacts" count={run.artifacts.total} none="The run left no artifacts.">
        <Artifacts run={run} />
      </Section>
      {metrics.system.length > 0 && (
        <Section title="System">
          <SystemPart run={run.id} rows={metrics.system} revision={revision} />
        </Section>
      )}
      <Section title="Log">
        <LogPart run={run} revision={revision} />
      </Section>
    </main>
  );
}

function Gaps({ run: { gaps, warnings } }: { run: RunPageContent }) {
  if (gaps.length + warnings.length === 0) return null;
  const summary = gaps.length === 1 ? "1 gap" : `${gaps.length} gaps`;
  const lines = [...gaps.map(({ path, message }) => (path ? `${path}: ${message}` : message)), ...warnings];
  return (
    <details className="notice" open={lines.length <= 3}>
      <summary>{gaps.length > 0 ? `${summary}: not everything could be captured` : "Warnings"}</summary>
      <ul>
        {lines.slice(0, 100).map((line) => (
          <li key={line}>{showText(line)}</li>
        ))}
      </ul>
      {lines.length > 100 && <p>and {lines.length - 100} more</p>}
    </details>
  );
}

function snapshotFacts({
  code,
  environment,
  datasets,
  command,
  cwd,
  startedBy,
}: RunPageContent): (readonly [string, string])[] {
  const facts: (readonly [string, string | null])[] = [
    ["command", command.join(" ")],
    ["started by", startedBy],
    ["folder", cwd],
    ["commit", code.commit],
    ["branch", code.branch],
    ["changes", code.dirty === null ? null : code.dirty ? "uncommitted, kept with the run" : "none"],
    ...datasets.map(
      ({ name, version, files }) => [`dataset ${name}`, `${version.slice(0, 12)}, ${files} files`] as const,
    ),
    ["python", environment?.python ?? null],
    ["interpreter", environment?.executable ?? null],
    ["platform", environment?.platform ?? null],
    ["CPU", environment && `${environment.cpu}, ${environment.cores} cores, ${formatSize(environment.memory)}`],
    ["GPU", environment?.gpus.join(", ") || null],
    ["packages", environment && packagesText(environment)],
  ];
  return facts.flatMap(([key, value]) => (value === null ? [] : [[key, value] as const]));
}

/** Those that were imported, which are few, and how many there are. */
function packagesText({ packages, imported }: NonNullable<RunPageContent["environment"]>): string {
  const used = imported.slice(0, 12).map((name) => `${name} ${packages[name] ?? ""}`.trim());
  const all = `${Object.keys(packages).length} installed`;
  return used.length > 0 ? `${used.join(", ")} (${all})` : all;
}

function DataFiles({ run: { data } }: { run: RunPageContent }) {
  return (
    <>
      <ul className="files">
        {data.first.map(({ path, role, size, sha256 }) => (
          <li key={`${role} ${path}`}>
            <button
              type="button"
              className="link"
              onClick={() => extension.notify("open", { kind: "data", path, sha256 })}
            >
              {showText(path)}
            </button>
            <span className="faint">
              {role === "write" ? "written" : "read"}, {formatSize(size)}
            </span>
          </li>
        ))}
      </ul>
      {data.total > data.first.length && <p className="faint">and {data.total - data.first.length} more in the tree</p>}
    </>
  );
}
