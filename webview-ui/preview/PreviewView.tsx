import "./preview.css";
import type { Preview } from "../../src/protocol/preview";
import { EvaluationView } from "./EvaluationView";
import { MediaView } from "./MediaView";
import { TableView } from "./TableView";

export interface PreviewViewProps {
  /** What the file is called, for those who cannot see it. */
  name: string;
  preview: Preview;
}

/** What a file holds, without a chance for it to do anything. */
export function PreviewView({ name, preview }: PreviewViewProps) {
  switch (preview.kind) {
    case "image":
    case "audio":
    case "video":
      return <MediaView name={name} preview={preview} />;
    case "table":
      return <TableView name={name} preview={preview} />;
    case "evaluation":
      return <EvaluationView name={name} evaluation={preview.evaluation} />;
    case "html":
      return (
        <>
          {/* No scripts, no forms, no way out; the page's own policy lets it load nothing. */}
          <iframe className="preview-html" sandbox="" srcDoc={preview.text} title={name} />
          <p className="preview-note">Scripts and styles of the file do not run here. Open shows its source.</p>
        </>
      );
    case "text":
    case "json":
      return (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what can be scrolled can be reached by keys.
        <section className="preview-scroll" tabIndex={0} aria-label={name}>
          <pre>{preview.text}</pre>
          {preview.cut && <p className="preview-note">The file goes on.</p>}
        </section>
      );
    case "none":
      return <p className="preview-note">{preview.reason}</p>;
  }
}
