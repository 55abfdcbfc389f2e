import { useEffect, useState } from "react";
import type { Preview } from "../../src/protocol/runPage";
import { showText } from "../base/numbers";

/** What a file holds, without a chance for it to do anything. */
export function PreviewPart({ name, preview }: { name: string; preview: Preview }) {
  switch (preview.kind) {
    case "image":
    case "audio":
    case "video":
      return <Media name={name} preview={preview} />;
    case "table":
      return <TablePreview name={name} preview={preview} />;
    case "html":
      return (
        <>
          {/* No scripts, no forms, no way out; the page's own policy lets it load nothing. */}
          <iframe className="html" sandbox="" srcDoc={preview.text} title={name} />
          <p className="faint">Scripts and styles of the file do not run here. Open shows its source.</p>
        </>
      );
    case "text":
    case "json":
      return (
        <>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: so that it scrolls with the keys. */}
          <pre className="text" tabIndex={0}>
            {preview.text}
          </pre>
          {preview.cut && <p className="faint">The file goes on. Open shows all of it.</p>}
        </>
      );
    case "none":
      return <p className="faint">{preview.reason}</p>;
  }
}

type MediaPreview = Extract<Preview, { mime: string }>;

function Media({ name, preview: { kind, mime, bytes } }: { name: string; preview: MediaPreview }) {
  const [url, setUrl] = useState<string>();
  const [isBroken, setBroken] = useState(false);
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>], { type: mime }));
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [bytes, mime]);
  if (isBroken)
    return <p className="faint">It cannot be shown: it is damaged, or of a kind that this editor does not play.</p>;
  if (!url) return null;
  const failed = () => setBroken(true);
  if (kind === "image") return <img src={url} alt={name} onError={failed} />;
  // biome-ignore lint/a11y/useMediaCaption: there are none to what a run wrote.
  if (kind === "audio") return <audio src={url} controls aria-label={name} onError={failed} />;
  // biome-ignore lint/a11y/useMediaCaption: there are none to what a run wrote.
  return <video src={url} controls aria-label={name} onError={failed} />;
}

type TableOf = Extract<Preview, { kind: "table" }>;

function TablePreview({ name, preview: { columns, rows, cut } }: { name: string; preview: TableOf }) {
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: so that it scrolls with the keys. */}
      <section className="table" tabIndex={0} aria-label={name}>
        <table>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column} scope="col">
                  {showText(column, 60)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: rows have nothing but their place.
              <tr key={at}>
                {row.map((cell, column) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: as above.
                  <td key={column}>{showText(cell, 120)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {cut && <p className="faint">These are the first {rows.length} rows.</p>}
    </>
  );
}
