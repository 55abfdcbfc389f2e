import { useEffect, useState } from "react";
import type { Preview } from "../../src/protocol/preview";

type MediaPreview = Extract<Preview, { mime: string }>;

/** Pictures, sound and films. As an image no script in it runs, not even in SVG. */
export function MediaView({ name, preview: { kind, mime, bytes } }: { name: string; preview: MediaPreview }) {
  const [url, setUrl] = useState<string>();
  const [isBroken, setBroken] = useState(false);
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>], { type: mime }));
    setUrl(made);
    setBroken(false);
    return () => URL.revokeObjectURL(made);
  }, [bytes, mime]);
  if (isBroken) {
    return (
      <p className="preview-note">It cannot be shown: it is damaged, or of a kind that this editor does not play.</p>
    );
  }
  if (!url) return null;
  const failed = () => setBroken(true);
  if (kind === "image") return <img className="preview-media" src={url} alt={name} onError={failed} />;
  // biome-ignore lint/a11y/useMediaCaption: there are none to what a run wrote.
  if (kind === "audio") return <audio src={url} controls aria-label={name} onError={failed} />;
  // biome-ignore lint/a11y/useMediaCaption: there are none to what a run wrote.
  return <video className="preview-media" src={url} controls aria-label={name} onError={failed} />;
}
