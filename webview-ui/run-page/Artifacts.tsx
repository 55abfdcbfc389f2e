import { useState } from "react";
import { formatSize } from "../../src/domain/format";
import type { Artifact } from "../../src/domain/run";
import type { RunPageContent } from "../../src/protocol/runPage";
import { showText } from "../base/numbers";
import { Button } from "../controls";
import { PreviewView } from "../preview/PreviewView";
import { extension } from "./extension";
import { usePreview } from "./usePreview";

/** The artifacts; the chosen one is shown as far as a page can. */
export function Artifacts({ run: { artifacts } }: { run: RunPageContent }) {
  const [chosen, setChosen] = useState<string | undefined>(() => firstShown(artifacts.first)?.path);
  const artifact = artifacts.first.find(({ path }) => path === chosen);
  return (
    <div className="artifacts">
      <ul className="files">
        {artifacts.first.map(({ path, size }) => (
          <li key={path}>
            <button type="button" className="link" aria-pressed={path === chosen} onClick={() => setChosen(path)}>
              {showText(path)}
            </button>
            <span className="faint">{formatSize(size)}</span>
          </li>
        ))}
        {artifacts.total > artifacts.first.length && (
          <li className="faint">and {artifacts.total - artifacts.first.length} more in the tree</li>
        )}
      </ul>
      {artifact && <ChosenArtifact key={`${artifact.path} ${artifact.sha256}`} artifact={artifact} />}
    </div>
  );
}

/** A picture says most at a glance. */
const firstShown = (artifacts: readonly Artifact[]) =>
  artifacts.find(({ path }) => /\.(png|jpe?g|gif|webp|svg)$/i.test(path)) ?? artifacts[0];

function ChosenArtifact({ artifact }: { artifact: Artifact }) {
  const preview = usePreview(artifact);
  const { path, sha256 } = artifact;
  return (
    <figure className="preview">
      <figcaption>
        {showText(path)}
        <Button onClick={() => extension.notify("open", { kind: "artifact", path, sha256 })}>Open</Button>
      </figcaption>
      {preview ? <PreviewView name={showText(path)} preview={preview} /> : <p role="status">Reading…</p>}
    </figure>
  );
}
