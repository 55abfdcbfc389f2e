/** How an endpoint is asked from elsewhere, as text to copy. A token is never in it: it comes from a variable. */
import { formatCommand } from "./format";

/** The variable that the texts read the token from. */
export const TOKEN_VARIABLE = "MODELTRAIL_TOKEN";

export interface RequestToShow {
  /** Of the endpoint, without a path. */
  endpoint: string;
  /** JSON of the body of POST /invocations. */
  body: string;
  /** The endpoint asks for a token. */
  token: boolean;
}

const invocations = (endpoint: string) => `${endpoint.replace(/\/$/, "")}/invocations`;

/** For a POSIX shell. */
export function asCurl({ endpoint, body, token }: RequestToShow): string {
  const words = ["curl", "-sS", "-X", "POST", invocations(endpoint), "-H", "Content-Type: application/json"];
  const command = formatCommand([...words, "-d", body]);
  // In double quotes, for the shell to put the variable in.
  return token ? `${command} -H "Authorization: Bearer $${TOKEN_VARIABLE}"` : command;
}

/** For Python's own library. */
export function asPython({ endpoint, body, token }: RequestToShow): string {
  const lines = [
    "import json",
    ...(token ? ["import os"] : []),
    "import urllib.request",
    "",
    "request = urllib.request.Request(",
    `    ${JSON.stringify(invocations(endpoint))},`,
    // What JSON and Python write in another way stays a text.
    `    data=${JSON.stringify(body)}.encode(),`,
    "    headers={",
    `        "Content-Type": "application/json",`,
    ...(token ? [`        "Authorization": "Bearer " + os.environ["${TOKEN_VARIABLE}"],`] : []),
    "    },",
    ")",
    "with urllib.request.urlopen(request) as answer:",
    "    print(json.load(answer))",
  ];
  return `${lines.join("\n")}\n`;
}
