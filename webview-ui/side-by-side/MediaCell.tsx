import { useEffect, useRef, useState } from "react";
import type { Media, MediaItem } from "../../src/protocol/sideBySide";
import { showText } from "../base/numbers";
import { extension } from "./extension";

export interface MediaCellProps {
  item: MediaItem | undefined;
  /** Name of the series. */
  series: string;
  /** What the series and the run are called, for those who cannot see the picture. */
  label: string;
}

/** One run's file at the step of the slider. It is read when it comes in sight; the last one stays until the next is there. */
export function MediaCell({ item, series, label }: MediaCellProps) {
  const cell = useRef<HTMLDivElement>(null);
  const isNear = useNear(cell);
  const media = useMedia(isNear ? item : undefined);
  return (
    <div className="media-cell" ref={cell}>
      {item ? (
        <>
          {media ? <MediaView media={media} label={label} /> : <div className="media-room" aria-hidden="true" />}
          {(item.step !== null || item.path !== series) && (
            <p className="media-facts" title={item.path}>
              {item.step === null ? showText(item.path, 60) : `step ${item.step}`}
            </p>
          )}
        </>
      ) : (
        <p className="media-facts">none</p>
      )}
    </div>
  );
}

function MediaView({ media, label }: { media: Media; label: string }) {
  switch (media.kind) {
    case "image":
      return <Picture mime={media.mime} bytes={media.bytes} label={label} />;
    case "text":
      return (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what can be scrolled can be reached by keys.
        <section className="media-scroll" tabIndex={0} aria-label={label}>
          <pre>{media.text}</pre>
          {media.isCut && <p className="media-facts">The rest is not shown.</p>}
        </section>
      );
    case "table":
      return <TableView media={media} label={label} />;
    case "none":
      return <p className="media-why">{media.why}</p>;
  }
}

/** As an image no script in it runs, not even in SVG. */
function Picture({ mime, bytes, label }: { mime: string; bytes: Uint8Array; label: string }) {
  const [address, setAddress] = useState<string>();
  const [isBroken, setBroken] = useState(false);
  useEffect(() => {
    const reader = new FileReader();
    reader.onload = () => setAddress(String(reader.result));
    reader.readAsDataURL(new Blob([bytes.slice()], { type: mime }));
    setBroken(false);
    return () => reader.abort();
  }, [bytes, mime]);
  if (isBroken) return <p className="media-why">This picture cannot be read.</p>;
  return address ? <img src={address} alt={label} onError={() => setBroken(true)} /> : null;
}

function TableView({ media, label }: { media: Extract<Media, { kind: "table" }>; label: string }) {
  const { columns, rows, isCut, faults } = media;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what can be scrolled can be reached by keys.
    <section className="media-scroll" tabIndex={0} aria-label={label}>
      <table>
        <thead>
          <tr>
            {columns.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other name.
            <tr key={at}>
              {row.map((value, column) => (
                <td key={columns[column]}>{value ?? ""}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {isCut && <p className="media-facts">The rest is not shown.</p>}
      {faults.map((fault) => (
        <p key={fault} className="media-facts">
          {fault}
        </p>
      ))}
    </section>
  );
}

/** Whether the element is in sight or nearly so; once true it stays true. */
function useNear(element: React.RefObject<HTMLElement | null>): boolean {
  const [isNear, setNear] = useState(false);
  useEffect(() => {
    if (!element.current || isNear) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) setNear(true);
      },
      { rootMargin: "300px" },
    );
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element, isNear]);
  return isNear;
}

const KEPT = 200;
const kept = new Map<string, Promise<Media>>();

function useMedia(item: MediaItem | undefined): Media | undefined {
  const [media, setMedia] = useState<Media>();
  useEffect(() => {
    if (!item) return;
    let isWanted = true;
    read(item).then(
      (found) => isWanted && setMedia(found),
      (error: Error) => isWanted && setMedia({ kind: "none", why: error.message }),
    );
    return () => {
      isWanted = false;
    };
  }, [item]);
  return media;
}

/** Contents never change: the slider goes back and forth over what was read before. */
function read({ path, sha256, size }: MediaItem): Promise<Media> {
  const key = `${sha256} ${path}`;
  const known = kept.get(key);
  if (known) return known;
  const reading = extension.call("media", { path, sha256, size });
  kept.set(key, reading);
  reading.catch(() => kept.delete(key));
  for (const oldest of kept.keys()) {
    if (kept.size <= KEPT) break;
    kept.delete(oldest);
  }
  return reading;
}
