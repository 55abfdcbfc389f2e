import { existsSync } from "node:fs";
import path from "node:path";
import { canInstall, installFromDebian } from "./debian.mjs";
import { onPath } from "./processes.mjs";

const programs = [
  "chromium",
  "chromium-browser",
  "google-chrome",
  "google-chrome-stable",
  "chrome",
  "microsoft-edge",
  "msedge",
];
const otherPlaces = {
  darwin: [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
  ],
  win32: ["ProgramFiles", "ProgramFiles(x86)", "LocalAppData"].flatMap((name) => [
    path.join(process.env[name] ?? "", "Google/Chrome/Application/chrome.exe"),
    path.join(process.env[name] ?? "", "Microsoft/Edge/Application/msedge.exe"),
  ]),
};

/** What keeps a browser quiet and able to run in a container; its own profile folder comes from Playwright. */
export const chromiumArguments = [
  ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
  ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
];

/** The path of a Chromium, installed from Debian's packages where that is possible. Throws a sentence that says what is missing. */
export async function ensureChromium() {
  const found = findChromium();
  if (found) return found;
  if (canInstall()) {
    console.log("Installing Chromium from Debian's packages …");
    await installFromDebian(["chromium", "fonts-dejavu-core", "fonts-liberation", "fonts-noto-color-emoji"]);
  }
  const installed = findChromium();
  if (!installed)
    throw new Error("Chromium is missing: install Chromium or Google Chrome, or set MODELTRAIL_CHROMIUM to its path.");
  return installed;
}

function findChromium() {
  const candidates = [
    process.env.MODELTRAIL_CHROMIUM,
    ...programs.map(onPath),
    ...(otherPlaces[process.platform] ?? []),
  ];
  return candidates.find((file) => file && existsSync(file));
}
