/**
 * The records in a `.wandb` file: protocol buffers of W&B's `wandb_internal.proto`. Only what makes a run of ours is read; fields
 * that are not known are passed over.
 */
import { PbfReader } from "pbf";

/** A value under a key, or under a path of nested ones. */
export interface WandbItem {
  key: string[];
  /** JSON as Python writes it. */
  json: string;
}

export interface WandbRecord {
  run?: WandbRun;
  /** A row of metrics. */
  history?: { items: WandbItem[]; step: number | null };
  summary?: { update: WandbItem[]; remove: WandbItem[] };
  config?: { update: WandbItem[]; remove: WandbItem[] };
  /** The machine's metrics; `time` in ms since the epoch. */
  stats?: { items: WandbItem[]; time: number };
  environment?: WandbEnvironment;
  exit?: { code: number };
}

export interface WandbRun {
  id: string;
  project: string;
  name: string;
  notes: string;
  group: string;
  jobType: string;
  sweep: string;
  host: string;
  tags: string[];
  config: WandbItem[];
  /** Ms since the epoch. */
  startTime: number;
  commit: string;
}

export interface WandbEnvironment {
  os: string;
  python: string;
  args: string[];
  program: string;
  codePath: string;
  executable: string;
  root: string;
  commit: string;
}

/** Throws when the bytes are no record. */
export function readWandbRecord(bytes: Uint8Array): WandbRecord {
  return new PbfReader(bytes).readFields((field, record, pbf) => {
    if (field === 2) record.history = pbf.readMessage(historyField, { items: [], step: null as number | null });
    else if (field === 3) record.summary = pbf.readMessage(changesField, { update: [], remove: [] });
    else if (field === 5) record.config = pbf.readMessage(changesField, { update: [], remove: [] });
    else if (field === 7) record.stats = pbf.readMessage(statsField, { items: [], time: Number.NaN });
    else if (field === 17) record.run = pbf.readMessage(runField, emptyRun());
    else if (field === 18) record.exit = pbf.readMessage(exitField, { code: 0 });
    else if (field === 26) record.environment = pbf.readMessage(environmentField, emptyEnvironment());
  }, {} as WandbRecord);
}

const emptyRun = (): WandbRun => ({
  ...{ id: "", project: "", name: "", notes: "", group: "", jobType: "", sweep: "", host: "", commit: "" },
  ...{ tags: [], config: [], startTime: Number.NaN },
});
const emptyEnvironment = (): WandbEnvironment => ({
  ...{ os: "", python: "", args: [], program: "", codePath: "", executable: "", root: "", commit: "" },
});

function itemField(field: number, item: WandbItem, pbf: PbfReader): void {
  if (field === 1) item.key = [pbf.readString()];
  else if (field === 2) item.key.push(pbf.readString());
  else if (field === 16) item.json = pbf.readString();
}

/** The key's empty first part is none. */
function readItem(pbf: PbfReader): WandbItem {
  const item = pbf.readMessage(itemField, { key: [], json: "null" } as WandbItem);
  return { ...item, key: item.key.filter((part, place) => place > 0 || part !== "") };
}

function historyField(field: number, history: { items: WandbItem[]; step: number | null }, pbf: PbfReader): void {
  if (field === 1) history.items.push(readItem(pbf));
  else if (field === 2)
    history.step = pbf.readMessage(
      (name, into, inner) => {
        if (name === 1) into.num = inner.readVarint(true);
      },
      { num: 0 },
    ).num;
}

function changesField(field: number, changes: { update: WandbItem[]; remove: WandbItem[] }, pbf: PbfReader): void {
  if (field === 1) changes.update.push(readItem(pbf));
  else if (field === 2) changes.remove.push(readItem(pbf));
}

function statsField(field: number, stats: { items: WandbItem[]; time: number }, pbf: PbfReader): void {
  if (field === 2) stats.time = readTime(pbf);
  else if (field === 3) stats.items.push(readItem(pbf));
}

function exitField(field: number, exit: { code: number }, pbf: PbfReader): void {
  if (field === 1) exit.code = pbf.readVarint(true);
}

const RUN_TEXTS: Record<number, "id" | "project" | "group" | "jobType" | "name" | "notes" | "sweep" | "host"> = {
  ...{ 1: "id", 3: "project", 6: "group", 7: "jobType", 8: "name", 9: "notes", 12: "sweep", 13: "host" },
};

function runField(field: number, run: WandbRun, pbf: PbfReader): void {
  const text = RUN_TEXTS[field];
  if (text) run[text] = pbf.readString();
  else if (field === 4)
    run.config = pbf.readMessage(changesField, { update: [], remove: [] } as {
      update: WandbItem[];
      remove: WandbItem[];
    }).update;
  else if (field === 10) run.tags.push(pbf.readString());
  else if (field === 17) run.startTime = readTime(pbf);
  else if (field === 21) run.commit = readCommit(pbf);
}

const ENVIRONMENT_TEXTS: Record<number, "os" | "python" | "program" | "codePath" | "root" | "executable"> = {
  ...{ 1: "os", 2: "python", 6: "program", 7: "codePath", 11: "root", 14: "executable" },
};

function environmentField(field: number, environment: WandbEnvironment, pbf: PbfReader): void {
  const text = ENVIRONMENT_TEXTS[field];
  if (text) environment[text] = pbf.readString();
  else if (field === 5) environment.args.push(pbf.readString());
  else if (field === 9) environment.commit = readCommit(pbf);
}

/** `GitRepoRecord` */
function readCommit(pbf: PbfReader): string {
  return pbf.readMessage(
    (field, git, inner) => {
      if (field === 2) git.commit = inner.readString();
    },
    { commit: "" },
  ).commit;
}

/** `google.protobuf.Timestamp` as ms since the epoch. */
function readTime(pbf: PbfReader): number {
  const { seconds, nanos } = pbf.readMessage(
    (field, time, inner) => {
      if (field === 1) time.seconds = inner.readVarint(true);
      else if (field === 2) time.nanos = inner.readVarint(true);
    },
    { seconds: 0, nanos: 0 },
  );
  return seconds * 1_000 + nanos / 1_000_000;
}
