/** Colours and letters of the editor's theme, for pictures: a canvas knows no variables. */

export interface PlotTheme {
  foreground: string;
  faint: string;
  background: string;
  cursor: string;
  /** As CSS has it. */
  font: string;
}

export function plotTheme(): PlotTheme {
  const style = getComputedStyle(document.body);
  const variable = (name: string, fallback: string) => style.getPropertyValue(name).trim() || fallback;
  const foreground = variable("--vscode-foreground", style.color);
  return {
    foreground,
    faint: variable("--vscode-descriptionForeground", foreground),
    background: variable("--vscode-editor-background", "#fff"),
    cursor: variable("--vscode-focusBorder", foreground),
    font: `11px ${variable("--vscode-font-family", "sans-serif")}`,
  };
}
