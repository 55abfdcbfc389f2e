import type { KernelDeath } from "./bridgeMessages";

const LAST_LINES = 12;

/** What happened to a kernel that ended by itself, or never came to life, and what to do; for a person. */
export function deathMessage({ code, signal, output, started }: KernelDeath): string {
  const words = output.trim().split("\n").slice(-LAST_LINES).join("\n");
  const said = words === "" ? "" : `\n${words}`;
  if (!started) return `The kernel could not be started.${said || " Its Python said nothing about why."}`;
  return `The kernel ended: ${causeOf(code, signal)} Its variables are gone; the next cell starts a new one.${said}`;
}

function causeOf(code: number | null, signal: string | null): string {
  if (signal === "SIGKILL") {
    return "it was killed (SIGKILL), by someone or by the system, as happens when memory runs out.";
  }
  if (signal === "SIGSEGV" || signal === "SIGABRT" || signal === "SIGBUS") return `it crashed (${signal}).`;
  if (signal !== null) return `it was ended by ${signal}.`;
  return code === null ? "how is not known." : `its process exited with code ${code}.`;
}
