/** User settings of a VS Code that is started here: quiet, and the same every time. */
export const quietSettings = {
  "telemetry.telemetryLevel": "off",
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.welcomePage.walkthroughs.openOnInstall": false,
  "extensions.autoCheckUpdates": false,
  "extensions.autoUpdate": false,
  "extensions.ignoreRecommendations": true,
  "update.mode": "none",
  // As on the desktop; in a browser the default is to save after a second.
  "files.autoSave": "off",
  "chat.disableAIFeatures": true,
  "git.openRepositoryInParentFolders": "never",
};

/** What tests need besides: nothing blinks or fades, and a terminal's text is in the page instead of on a canvas. */
export const testSettings = {
  ...quietSettings,
  "terminal.integrated.gpuAcceleration": "off",
  "terminal.integrated.persistentSessionReviveProcess": "never",
  "workbench.reduceMotion": "on",
  "editor.cursorBlinking": "solid",
  "window.dialogStyle": "custom",
  "files.simpleDialog.enable": true,
};
