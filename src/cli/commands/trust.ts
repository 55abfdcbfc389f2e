/** `modeltrail trust` and `trust forget` */
import { forgetTrusted, trustedInWords, trustedSources } from "../../deploy/trust/trusted";
import { formatAgo } from "../../domain/format";
import { withStore } from "../open";
import { oneLine, print, table } from "../print";

export async function listTrustCommand({ json }: { json?: boolean }): Promise<void> {
  await withStore((store) => {
    const sources = trustedSources(store);
    if (json) return print(JSON.stringify(sources, null, 2));
    if (sources.length === 0) return print("No models may run code here yet: you are asked when one has to.");
    const rows = sources.map((one) => [
      oneLine(one.name),
      formatAgo(one.time, Date.now()),
      oneLine(trustedInWords(one)),
    ]);
    print(table([["SOURCE", "TRUSTED", "MODELS OF"], ...rows]));
  });
}

export async function forgetTrustCommand(name: string): Promise<void> {
  await withStore((store) => {
    const source = forgetTrusted(store, name);
    print(`Models of ${oneLine(trustedInWords(source))} are asked for again before they run code.`);
  });
}
