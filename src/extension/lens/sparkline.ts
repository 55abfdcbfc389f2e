/** A small curve as an SVG, for hovers: they show pictures from data addresses. */

const WIDTH = 240;
const HEIGHT = 48;
const MARGIN = 4;
/** Legible on light and dark backgrounds; a picture does not know the theme. */
const COLOR = "#3794ff";

/** `values` in order; what is not finite is a gap in the curve. Empty when there are fewer than two finite values. */
export function sparkline(values: readonly number[]): string {
  const finite = values.filter(Number.isFinite);
  if (finite.length < 2) return "";
  const low = Math.min(...finite);
  const high = Math.max(...finite);
  const x = (index: number) => MARGIN + (index / (values.length - 1)) * (WIDTH - 2 * MARGIN);
  const y = (value: number) =>
    low === high ? HEIGHT / 2 : HEIGHT - MARGIN - ((value - low) / (high - low)) * (HEIGHT - 2 * MARGIN);
  const path = values.map((value, index) => {
    if (!Number.isFinite(value)) return "";
    const starts = index === 0 || !Number.isFinite(values[index - 1]!);
    return `${starts ? "M" : "L"}${x(index).toFixed(1)} ${y(value).toFixed(1)}`;
  });
  const end = values.findLastIndex(Number.isFinite);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}">`,
    `<path d="${path.join("")}" fill="none" stroke="${COLOR}" stroke-width="1.5" stroke-linejoin="round" stroke-linecap="round"/>`,
    `<circle cx="${x(end).toFixed(1)}" cy="${y(values[end]!).toFixed(1)}" r="2.5" fill="${COLOR}"/>`,
    "</svg>",
  ].join("");
}

export const pictureAddress = (svg: string) => `data:image/svg+xml;base64,${Buffer.from(svg).toString("base64")}`;
