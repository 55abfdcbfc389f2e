/** A server's address apart from its login, which must stand neither in a list of processes nor in what is remembered. */

/** Undefined for what is no address of a web server. */
export function withoutLogin(text: string): { url: string; env: Record<string, string> } | undefined {
  if (!URL.canParse(text.trim())) return undefined;
  const url = new URL(text.trim());
  if (!/^https?:$/.test(url.protocol)) return undefined;
  const { username, password } = url;
  url.username = "";
  url.password = "";
  const env: Record<string, string> = username
    ? { MLFLOW_TRACKING_USERNAME: decodeURIComponent(username), MLFLOW_TRACKING_PASSWORD: decodeURIComponent(password) }
    : {};
  return { url: url.href.replace(/\/$/, ""), env };
}
