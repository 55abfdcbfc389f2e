import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from "react";
import { onThemeChange } from "../base/theme";
import { canvasPen } from "./canvasPen";
import type { Pen } from "./pen";

export interface Size {
  width: number;
  height: number;
}

export interface PictureProps {
  size: Size;
  /** Draws the whole picture; another function draws it anew. */
  draw(pen: Pen): void;
  /** Lies over another picture. */
  overlay?: boolean;
}

/** A canvas, sharp on any screen, that is drawn once a frame at most. */
export function Picture({ size, draw, overlay = false }: PictureProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = useThemeCount();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another theme has other colours.
  useLayoutEffect(() => {
    const frame = requestAnimationFrame(() => {
      const element = canvas.current;
      const context = element?.getContext("2d");
      if (!element || !context) return;
      const ratio = window.devicePixelRatio || 1;
      const [width, height] = [Math.round(size.width * ratio), Math.round(size.height * ratio)];
      if (element.width !== width || element.height !== height) Object.assign(element, { width, height });
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.clearRect(0, 0, size.width, size.height);
      draw(canvasPen(context));
    });
    return () => cancelAnimationFrame(frame);
  }, [size.width, size.height, draw, theme]);
  // What it shows is told by the element around it.
  return <canvas ref={canvas} className={overlay ? "picture overlay" : "picture"} />;
}

/** Counts the changes of theme. */
function useThemeCount(): number {
  const [count, setCount] = useState(0);
  useEffect(() => onThemeChange(() => setCount((before) => before + 1)), []);
  return count;
}

export interface SizedProps {
  className?: string;
  children(size: Size): ReactNode;
}

/** Tells its content how much room there is. */
export function Sized({ className, children }: SizedProps) {
  const element = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState<Size>();
  useLayoutEffect(() => {
    const measure = () => {
      const { clientWidth: width, clientHeight: height } = element.current!;
      setSize((last) => (last?.width === width && last.height === height ? last : { width, height }));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element.current!);
    return () => observer.disconnect();
  }, []);
  return (
    <div ref={element} className={className}>
      {size && size.width > 0 && size.height > 0 && children(size)}
    </div>
  );
}
