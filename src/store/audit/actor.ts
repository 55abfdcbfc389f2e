/** Who acts. */
import { execFileSync } from "node:child_process";
import { userInfo } from "node:os";

const known = new Map<string, string>();

/** As git knows the user in this folder ("Ada <ada@example.org>"), else the account's name. Asked once for each folder. */
export function actorIn(root: string): string {
  let actor = known.get(root);
  if (actor === undefined) {
    actor = gitUser(root) ?? accountName();
    known.set(root, actor);
  }
  return actor;
}

function gitUser(root: string): string | null {
  // What git itself puts above its configuration.
  const { GIT_AUTHOR_NAME: asked, GIT_AUTHOR_EMAIL: askedMail } = process.env;
  const settings = asked ? new Map<string, string>() : gitSettings(root);
  const [name, email] = [asked || settings.get("user.name"), askedMail || settings.get("user.email")];
  if (!name) return email ?? null;
  return email ? `${name} <${email}>` : name;
}

function gitSettings(root: string): Map<string, string> {
  try {
    const text = execFileSync("git", ["config", "--null", "--get-regexp", "^user\\.(name|email)$"], {
      cwd: root,
      encoding: "utf8",
      timeout: 5_000,
      stdio: ["ignore", "pipe", "ignore"],
      windowsHide: true,
    });
    // Name, line end, value; of several the last holds.
    const entries = text.split("\0").filter(Boolean);
    return new Map(
      entries.map((entry) => [entry.slice(0, entry.indexOf("\n")), entry.slice(entry.indexOf("\n") + 1).trim()]),
    );
  } catch {
    // No git, or no name told to it.
    return new Map();
  }
}

function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    // A process number without an account, as in containers.
    return `user ${process.getuid?.() ?? "unknown"}`;
  }
}
