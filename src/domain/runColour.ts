/**
 * One look per run, the same wherever the run is drawn: a colour, and a dash for lines, because no more than eight colours can
 * be told apart by everyone. Both follow from the run's id alone, so they need no memory and never change.
 */

export type Background = "light" | "dark";

/**
 * Eight hues in the same order. Each stands out from its background by 3:1, and any two differ, for normal sight, protanopia and
 * deuteranopia (simulated after Machado et al. 2009), by a CIE76 distance of 12 or more: runColour.test.ts works it out.
 */
export const RUN_COLOURS: Readonly<Record<Background, readonly string[]>> = {
  light: ["#005daf", "#e5381b", "#108358", "#b86a96", "#90761d", "#3183ed", "#764584", "#2a3b4b"],
  dark: ["#2f87f8", "#d66322", "#45c97b", "#c386a3", "#f7c729", "#bef4ff", "#9fb7ff", "#ffff8f"],
};

/** Lengths of stroke and space in pixels; none for a whole line. */
export const RUN_DASHES: readonly (readonly number[])[] = [[], [7, 3], [2, 3], [9, 3, 2, 3]];

/** A CSS colour, `#rrggbb`. */
export function runColour(id: string, background: Background): string {
  const colours = RUN_COLOURS[background];
  return colours[placeOf(id) % colours.length]!;
}

/** With the colour this gives thirty-two looks. */
export function runDash(id: string): readonly number[] {
  return RUN_DASHES[Math.floor(placeOf(id) / RUN_COLOURS.light.length) % RUN_DASHES.length]!;
}

/** FNV-1a, 32 bits: ids are random, names of groups (which get colours in the same way) are not. */
function placeOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < id.length; at++) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193) >>> 0;
  // The low bits of FNV are its weakest.
  return (hash ^ (hash >>> 15)) >>> 0;
}
