/** A webview that shows one of our pages: its HTML, its content security policy, and the channel to it. */
import { randomBytes } from "node:crypto";
import * as vscode from "vscode";
import { type Channel, type Handlers, openChannel } from "../../protocol/channel";
import { type ApiOf, type Contract, checksFor } from "../../protocol/contract";
import type { Log } from "../log";

export interface PageOptions<Own extends Contract, Page extends Contract> {
  panel: vscode.WebviewPanel;
  /** The extension's dist folder, with `webview/<name>.js` and `.css`. */
  dist: vscode.Uri;
  name: string;
  /** What the page can ask of the host, with the answers, and what the host tells the page. */
  host: Own;
  page: Page;
  handlers: Handlers<ApiOf<Own>>;
  log: Log;
  /** Whether it shows pictures, sound and films that it has the bytes of. */
  media?: boolean;
}

/** The options that every panel with a page is made with. */
export const pageOptions = (dist: vscode.Uri): vscode.WebviewPanelOptions & vscode.WebviewOptions => ({
  enableScripts: true,
  enableForms: true,
  localResourceRoots: [vscode.Uri.joinPath(dist, "webview")],
});

/** Loads the page; the channel ends with the panel. */
export function showPage<Own extends Contract, Page extends Contract>(
  options: PageOptions<Own, Page>,
): Channel<ApiOf<Page>> {
  const { panel, dist, name, log } = options;
  const { webview } = panel;
  webview.options = pageOptions(dist);
  const channel = openChannel<ApiOf<Own>, ApiOf<Page>>({
    port: {
      post: (message) => void webview.postMessage(message),
      listen: (listener) => {
        const subscription = webview.onDidReceiveMessage(listener);
        return () => subscription.dispose();
      },
    },
    handlers: options.handlers,
    checks: checksFor(options.host, options.page),
    onFault: (error) => log.error(`answer the page ${name}`, error),
  });
  panel.onDidDispose(() => channel.close(new vscode.CancellationError()));
  webview.html = htmlOf(webview, vscode.Uri.joinPath(dist, "webview"), name, panel.title, options.media ?? false);
  return channel;
}

const newNonce = () => randomBytes(16).toString("base64");

function htmlOf(webview: vscode.Webview, folder: vscode.Uri, name: string, title: string, media: boolean): string {
  const [nonce, styleNonce] = [newNonce(), newNonce()];
  const source = (file: string) => webview.asWebviewUri(vscode.Uri.joinPath(folder, file)).toString();
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource} 'nonce-${styleNonce}'`,
    `font-src ${webview.cspSource}`,
    `img-src ${webview.cspSource} data:${media ? " blob:" : ""}`,
    ...(media ? ["media-src blob:"] : []),
  ].join("; ");
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="${policy}">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <!-- The toolkit looks here for the nonce of a style sheet by which it finds out what the browser can do. -->
    <meta property="csp-nonce" content="${styleNonce}">
    <title>${title.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)}</title>
    <link rel="stylesheet" href="${source(`${name}.css`)}">
  </head>
  <body>
    <div id="root"></div>
    <script nonce="${nonce}" src="${source(`${name}.js`)}"></script>
  </body>
</html>`;
}
