import { aloneRadius, type Pen, unbroken } from "./pen";

export interface SvgPen extends Pen {
  /** The picture so far. */
  svg(background: string): string;
}

/** Draws an SVG document of this size. */
export function svgPen(width: number, height: number): SvgPen {
  const parts: string[] = [];
  let clips = 0;
  const add = (name: string, attributes: Record<string, string | number | undefined>, content?: string) => {
    const written = Object.entries(attributes).map(([key, value]) =>
      value === undefined ? "" : ` ${key}="${escaped(typeof value === "number" ? short(value) : value)}"`,
    );
    parts.push(`<${name}${written.join("")}${content === undefined ? "/>" : `>${escaped(content)}</${name}>`}`);
  };
  const point = (x: number, y: number) => `${short(x)} ${short(y)}`;
  const through = (x: ArrayLike<number>, y: ArrayLike<number>, start: number, end: number) =>
    Array.from({ length: end - start }, (_, at) => point(x[start + at]!, y[start + at]!));

  return {
    line(x, y, { colour, width: stroke, dash, opacity }) {
      const lines: string[] = [];
      for (const [start, end] of unbroken(x, y)) {
        if (end - start > 1) lines.push(`M${through(x, y, start, end).join("L")}`);
        else
          add("circle", {
            cx: x[start]!,
            cy: y[start]!,
            r: aloneRadius(stroke),
            fill: colour,
            "fill-opacity": opacity,
          });
      }
      if (lines.length === 0) return;
      add("path", {
        d: lines.join(""),
        fill: "none",
        stroke: colour,
        "stroke-width": stroke,
        "stroke-linejoin": "bevel",
        "stroke-dasharray": dash?.length ? dash.join(" ") : undefined,
        "stroke-opacity": opacity,
      });
    },
    band(x, low, high, colour, opacity) {
      for (const [start, end] of unbroken(x, low, high)) {
        const outline = [...through(x, low, start, end), ...through(x, high, start, end).reverse()];
        add("path", { d: `M${outline.join("L")}Z`, fill: colour, "fill-opacity": opacity });
      }
    },
    box: (box, fill, opacity) => add("rect", { ...box, fill, "fill-opacity": opacity }),
    dot: (cx, cy, r, fill, opacity) => add("circle", { cx, cy, r, fill, "fill-opacity": opacity }),
    text(text, x, y, { colour, font, align, baseline = "middle", upwards }) {
      const [, size, family] = /([\d.]+)px\s+(.*)$/.exec(font) ?? [];
      add(
        "text",
        {
          x,
          y,
          fill: colour,
          "font-size": size,
          "font-family": family,
          "text-anchor": align,
          "dominant-baseline": { top: "hanging", middle: "central", bottom: "auto" }[baseline],
          transform: upwards ? `rotate(-90 ${short(x)} ${short(y)})` : undefined,
        },
        text,
      );
    },
    within({ x, y, width: boxWidth, height: boxHeight }, draw) {
      const id = `clip${++clips}`;
      const shape = [x, y, boxWidth, boxHeight].map(short);
      parts.push(
        `<clipPath id="${id}"><rect x="${shape[0]}" y="${shape[1]}" width="${shape[2]}" height="${shape[3]}"/></clipPath>`,
        `<g clip-path="url(#${id})">`,
      );
      draw();
      parts.push("</g>");
    },
    moved(x, y, draw) {
      parts.push(`<g transform="translate(${short(x)} ${short(y)})">`);
      draw();
      parts.push("</g>");
    },
    svg: (background) =>
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">` +
      `<rect width="100%" height="100%" fill="${escaped(background)}"/>${parts.join("\n")}</svg>\n`,
  };
}

const short = (value: number) => String(Math.round(value * 100) / 100);

/** Also without the control characters that XML cannot have. */
function escaped(text: string): string {
  return (
    text
      .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
      .replaceAll("&#60;", "&lt;")
      .replaceAll("&#62;", "&gt;")
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd")
  );
}
