/** VS Code's shell integration marks the beginning and the end of commands in the terminal's data: no program printed that. */

const ESCAPE = "\u001b";
const BELL = "\u0007";
const START = `${ESCAPE}]633;`;
const MARKER = new RegExp(`${ESCAPE}\\]633;[^${BELL}${ESCAPE}]*(?:${BELL}|${ESCAPE}\\\\)`, "g");
/** A marker is shorter; longer text is the program's, whatever it looks like. */
const LONGEST = 4_096;

/** Gives pieces of the data back without the markers, also where one is cut in two. */
export function createMarkerFilter(): (data: string) => string {
  let held = "";
  return (data) => {
    const text = (held + data).replace(MARKER, "");
    const at = beginningOfMarker(text);
    held = at < 0 || text.length - at > LONGEST ? "" : text.slice(at);
    return held === "" ? text : text.slice(0, at);
  };
}

/** Where the last, unfinished marker begins; -1 when there is none. */
function beginningOfMarker(text: string): number {
  const whole = text.lastIndexOf(START);
  if (whole >= 0) return whole;
  const begun = text.lastIndexOf(ESCAPE);
  return begun >= 0 && START.startsWith(text.slice(begun)) ? begun : -1;
}
