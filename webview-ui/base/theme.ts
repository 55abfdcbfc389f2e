/** Which kind of theme the editor shows. */
import { useSyncExternalStore } from "react";
import type { Background } from "../../src/domain/runColour";

/** VS Code marks the page's body with the kind of the theme, and changes it when the theme changes. */
export function backgroundNow(): Background {
  const { classList } = document.body;
  return classList.contains("vscode-light") || classList.contains("vscode-high-contrast-light") ? "light" : "dark";
}

/** Calls back after each change of theme, also between two of the same kind. Gives a function that ends it. */
export function onThemeChange(listener: () => void): () => void {
  const observer = new MutationObserver(listener);
  observer.observe(document.body, { attributes: true, attributeFilter: ["class", "data-vscode-theme-id"] });
  return () => observer.disconnect();
}

export const useBackground = (): Background => useSyncExternalStore(onThemeChange, backgroundNow);

/** The value of a theme colour, e.g. "--vscode-foreground"; for a canvas, which knows no variables. */
export const themeColour = (name: string): string => getComputedStyle(document.body).getPropertyValue(name).trim();
