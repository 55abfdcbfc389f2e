/** Numbers for names (params, metrics, sources, paths) that stand in very many rows. A number never changes its name. */
import type { Database } from "./database";

interface Cache {
  ids: Map<string, number>;
  names: Map<number, string>;
  rollbacks: number;
}

/** Paths of data files pass through here too: an upper bound for memory, far above what metrics and params need. */
const LIMIT = 100_000;

const caches = new WeakMap<Database, Cache>();

function cacheOf(db: Database): Cache {
  let cache = caches.get(db);
  // A number given in a transaction that was taken back was never given.
  if (!cache || cache.rollbacks !== db.rollbacks || cache.ids.size > LIMIT) {
    cache = { ids: new Map(), names: new Map(), rollbacks: db.rollbacks };
    caches.set(db, cache);
  }
  return cache;
}

function remember(cache: Cache, id: number, name: string): void {
  cache.ids.set(name, id);
  cache.names.set(id, name);
}

/** The number of `name`, or undefined when it has none. */
export function findName(db: Database, name: string): number | undefined {
  const cache = cacheOf(db);
  const known = cache.ids.get(name);
  if (known !== undefined) return known;
  const row = db.get<{ id: number }>("SELECT id FROM names WHERE name = ?", name);
  if (row) remember(cache, row.id, name);
  return row?.id;
}

/** The number of `name`, given now if it has none. Inside a write only. */
export function nameId(db: Database, name: string): number {
  const found = findName(db, name);
  if (found !== undefined) return found;
  const { id } = db.get<{ id: number }>("INSERT INTO names (name) VALUES (?) RETURNING id", name)!;
  remember(cacheOf(db), id, name);
  return id;
}

/** The names of these numbers. */
export function namesOf(db: Database, ids: Iterable<number>): (id: number) => string {
  const cache = cacheOf(db);
  const missing = [...new Set(ids)].filter((id) => !cache.names.has(id));
  if (missing.length > 0) {
    const sql = "SELECT id, name FROM names WHERE id IN (SELECT value FROM json_each(?))";
    for (const { id, name } of db.all<{ id: number; name: string }>(sql, JSON.stringify(missing))) {
      remember(cache, id, name);
    }
  }
  return (id) => cache.names.get(id)!;
}
