import { aloneRadius, type Pen, unbroken } from "./pen";

/** Draws on a canvas whose transform leads from CSS pixels to its own. */
export function canvasPen(context: CanvasRenderingContext2D): Pen {
  return {
    line(x, y, { colour, width, dash = [], opacity = 1 }) {
      context.globalAlpha = opacity;
      context.strokeStyle = colour;
      context.lineWidth = width;
      // Round joins of a line with a thousand corners take most of the time.
      context.lineJoin = "bevel";
      context.setLineDash(dash as number[]);
      context.beginPath();
      const alone: number[] = [];
      for (const [start, end] of unbroken(x, y)) {
        if (end - start === 1) {
          alone.push(start);
          continue;
        }
        context.moveTo(x[start]!, y[start]!);
        for (let at = start + 1; at < end; at++) context.lineTo(x[at]!, y[at]!);
      }
      context.stroke();
      context.setLineDash([]);
      context.fillStyle = colour;
      for (const at of alone) {
        context.beginPath();
        context.arc(x[at]!, y[at]!, aloneRadius(width), 0, Math.PI * 2);
        context.fill();
      }
      context.globalAlpha = 1;
    },
    band(x, low, high, colour, opacity) {
      context.globalAlpha = opacity;
      context.fillStyle = colour;
      for (const [start, end] of unbroken(x, low, high)) {
        context.beginPath();
        context.moveTo(x[start]!, low[start]!);
        for (let at = start + 1; at < end; at++) context.lineTo(x[at]!, low[at]!);
        for (let at = end - 1; at >= start; at--) context.lineTo(x[at]!, high[at]!);
        context.fill();
      }
      context.globalAlpha = 1;
    },
    box({ x, y, width, height }, colour, opacity = 1) {
      context.globalAlpha = opacity;
      context.fillStyle = colour;
      context.fillRect(x, y, width, height);
      context.globalAlpha = 1;
    },
    dot(x, y, radius, colour, opacity = 1) {
      context.globalAlpha = opacity;
      context.fillStyle = colour;
      context.beginPath();
      context.arc(x, y, radius, 0, Math.PI * 2);
      context.fill();
      context.globalAlpha = 1;
    },
    text(text, x, y, { colour, font, align = "start", baseline = "middle", upwards = false }) {
      context.save();
      context.translate(x, y);
      if (upwards) context.rotate(-Math.PI / 2);
      context.fillStyle = colour;
      context.font = font;
      context.textAlign = align === "middle" ? "center" : align;
      context.textBaseline = baseline;
      context.fillText(text, 0, 0);
      context.restore();
    },
    within({ x, y, width, height }, draw) {
      context.save();
      context.beginPath();
      context.rect(x, y, width, height);
      context.clip();
      draw();
      context.restore();
    },
    moved(x, y, draw) {
      context.save();
      context.translate(x, y);
      draw();
      context.restore();
    },
  };
}
