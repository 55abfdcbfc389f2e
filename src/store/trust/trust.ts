/** Trusted sources, put together. */
import type { AuditStore } from "../audit/contract";
import type { Database } from "../database";
import type { TrustStore } from "./contract";

export function makeTrust(db: Database, audit: AuditStore): TrustStore {
  const isTrusted = (source: string) => db.get("SELECT 1 FROM trusted_sources WHERE source = ?", source) !== undefined;
  return {
    isTrusted: (source) => db.read(() => isTrusted(source)),
    trust(source) {
      // Asked before the transaction, which others wait for.
      audit.actor();
      db.write(() => {
        if (isTrusted(source)) return;
        db.run("INSERT INTO trusted_sources VALUES (?, ?)", source, Date.now());
        audit.add({ action: "source.trust", subject: `sources/${source}` });
      });
    },
    list: () =>
      db.read(() =>
        db.all<{ source: string; time: number }>("SELECT source, time FROM trusted_sources ORDER BY time DESC, source"),
      ),
    forget(source) {
      audit.actor();
      db.write(() => {
        if (!isTrusted(source)) return;
        db.run("DELETE FROM trusted_sources WHERE source = ?", source);
        audit.add({ action: "source.distrust", subject: `sources/${source}` });
      });
    },
  };
}
