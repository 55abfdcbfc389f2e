/**
 * The tables, as a list of steps: step n brings a database of version n (`PRAGMA user_version`) to n + 1.
 * A published step is never edited, only followed by another.
 *
 * Conventions: times are ms since the epoch; a SHA-256 is a blob of 32 bytes; a metric's value that is NULL is NaN (SQLite
 * has no NaN, and no value of ours is absent); names of params, metrics, sources and files are numbers from `names`.
 */
export const MIGRATIONS: readonly string[] = [
  `
  -- One row: the counter that every change of a run moves, and the last number given to a metric's series.
  CREATE TABLE state (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    revision INTEGER NOT NULL,
    series INTEGER NOT NULL
  ) STRICT;
  INSERT INTO state VALUES (1, 0, 0);

  CREATE TABLE names (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE experiments (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, created REAL NOT NULL) STRICT;
  -- Runs of one machine share their environment, which may list hundreds of packages.
  CREATE TABLE environments (id INTEGER PRIMARY KEY, sha256 BLOB NOT NULL UNIQUE, content TEXT NOT NULL) STRICT;

  CREATE TABLE runs (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    experiment INTEGER NOT NULL REFERENCES experiments (id),
    status TEXT NOT NULL,
    exit_code INTEGER,
    signal TEXT,
    start_time REAL NOT NULL,
    end_time REAL,
    command TEXT NOT NULL,
    cwd TEXT NOT NULL,
    script TEXT,
    note TEXT NOT NULL,
    parent TEXT,
    source TEXT NOT NULL,
    log_size INTEGER NOT NULL DEFAULT 0,
    stop_requested INTEGER NOT NULL DEFAULT 0,
    deleted REAL,
    revision INTEGER NOT NULL,
    written REAL NOT NULL,
    recorder_pid INTEGER NOT NULL,
    recorder_start TEXT NOT NULL,
    recorder_host TEXT NOT NULL,
    process_pid INTEGER,
    process_start TEXT,
    process_host TEXT,
    code TEXT,
    environment INTEGER REFERENCES environments (id)
  ) STRICT;
  CREATE INDEX runs_start ON runs (start_time) WHERE deleted IS NULL;
  CREATE INDEX runs_experiment ON runs (experiment, start_time) WHERE deleted IS NULL;
  CREATE INDEX runs_running ON runs (experiment) WHERE status = 'running' AND deleted IS NULL;
  CREATE INDEX runs_parent ON runs (parent) WHERE parent IS NOT NULL;
  CREATE INDEX runs_name ON runs (name);
  CREATE INDEX runs_revision ON runs (revision);

  CREATE TABLE checkpoints (
    run INTEGER PRIMARY KEY REFERENCES runs (seq) ON DELETE CASCADE,
    content TEXT NOT NULL
  ) STRICT;

  -- sort: the value as a number where it is one, else the beginning of its text in lower case; numbers sort before texts.
  CREATE TABLE params (
    run INTEGER NOT NULL REFERENCES runs (seq) ON DELETE CASCADE,
    key INTEGER NOT NULL,
    value TEXT NOT NULL,
    sort ANY NOT NULL,
    PRIMARY KEY (run, key)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX params_key ON params (key);

  CREATE TABLE tags (
    run INTEGER NOT NULL REFERENCES runs (seq) ON DELETE CASCADE,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (run, key)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX tags_value ON tags (key, value);

  CREATE TABLE gaps (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES runs (seq) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    path TEXT NOT NULL,
    message TEXT NOT NULL,
    UNIQUE (run, kind, path, message)
  ) STRICT;
  CREATE TABLE warnings (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES runs (seq) ON DELETE CASCADE,
    message TEXT NOT NULL,
    UNIQUE (run, message)
  ) STRICT;

  -- kind: "read" and "write" (data), "config", "artifact".
  CREATE TABLE files (
    run INTEGER NOT NULL REFERENCES runs (seq) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    path INTEGER NOT NULL,
    sha256 BLOB,
    size INTEGER,
    PRIMARY KEY (run, kind, path)
  ) STRICT, WITHOUT ROWID;

  -- Each metric's series in short, always equal to what its chunks hold. sources: numbers of names, with commas.
  -- appended: chunks added since the last merge.
  CREATE TABLE metrics (
    run INTEGER NOT NULL REFERENCES runs (seq) ON DELETE CASCADE,
    key INTEGER NOT NULL,
    series INTEGER NOT NULL,
    sources TEXT NOT NULL,
    count INTEGER NOT NULL,
    last REAL,
    min REAL,
    max REAL,
    last_step REAL NOT NULL,
    last_time REAL NOT NULL,
    appended INTEGER NOT NULL,
    PRIMARY KEY (run, key)
  ) STRICT, WITHOUT ROWID;
  -- Not by value, here and for params: such an index is written all over with each batch, and costs more than all the rest.
  -- Sorting ten thousand runs by looking each one's value up takes some 10 ms.
  CREATE INDEX metrics_key ON metrics (key);

  -- Points of one source, packed: see chunks.ts. Stored in order of arrival, not by series: a batch of a thousand metrics
  -- is written to a few pages instead of a thousand.
  CREATE TABLE chunks (
    id INTEGER PRIMARY KEY,
    series INTEGER NOT NULL,
    source INTEGER NOT NULL,
    count INTEGER NOT NULL,
    first_step REAL NOT NULL,
    last_step REAL NOT NULL,
    first_time REAL NOT NULL,
    last_time REAL NOT NULL,
    last REAL,
    min REAL,
    max REAL,
    points BLOB NOT NULL
  ) STRICT;
  CREATE INDEX chunks_series ON chunks (series);
  CREATE TRIGGER metrics_deleted AFTER DELETE ON metrics BEGIN
    DELETE FROM chunks WHERE series = OLD.series;
  END;

  -- Hashes of files as they were when they had this size, these times and this inode.
  CREATE TABLE hashes (
    path TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    mtime INTEGER NOT NULL,
    ctime INTEGER NOT NULL,
    inode INTEGER NOT NULL,
    sha256 BLOB NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  `
  ALTER TABLE runs ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;
  -- SHA-256 over all that the run was made of: runs with the same are repeats of each other.
  ALTER TABLE runs ADD COLUMN inputs BLOB;
  CREATE INDEX runs_inputs ON runs (inputs, start_time) WHERE inputs IS NOT NULL AND deleted IS NULL;
  CREATE INDEX runs_pinned ON runs (start_time) WHERE pinned = 1;
  CREATE INDEX runs_deleted ON runs (deleted) WHERE deleted IS NOT NULL;

  -- What a file was used by; also how it is known that an object is not needed any more.
  CREATE INDEX files_path ON files (path);
  CREATE INDEX files_sha256 ON files (sha256) WHERE sha256 IS NOT NULL;
  CREATE INDEX files_written ON files (path) WHERE kind = 'write';
  CREATE INDEX hashes_sha256 ON hashes (sha256);

  -- kind: "declared", "dvc", "read".
  CREATE TABLE datasets (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, kind TEXT NOT NULL) STRICT;
  -- version: SHA-256 of the manifest, an object that lists the files.
  -- A number is never given twice: who gathers what manifests name goes on after the last one.
  CREATE TABLE dataset_versions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    dataset INTEGER NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
    version BLOB NOT NULL,
    files INTEGER NOT NULL,
    size INTEGER NOT NULL,
    UNIQUE (dataset, version)
  ) STRICT;
  CREATE INDEX dataset_versions_version ON dataset_versions (version);
  -- role: "read" and "write".
  CREATE TABLE run_datasets (
    run INTEGER NOT NULL REFERENCES runs (seq) ON DELETE CASCADE,
    dataset INTEGER NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
    role TEXT NOT NULL,
    version INTEGER NOT NULL REFERENCES dataset_versions (id) ON DELETE CASCADE,
    PRIMARY KEY (run, dataset, role)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX run_datasets_version ON run_datasets (version);
  CREATE INDEX run_datasets_dataset ON run_datasets (dataset);

  -- How recorders and who frees space keep out of each other's way: see freeing.ts.
  ALTER TABLE state ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE state ADD COLUMN freeing INTEGER NOT NULL DEFAULT 0;
  -- The revision at which rows of runs were last removed.
  ALTER TABLE state ADD COLUMN freed INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE runs ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0;
  CREATE TABLE leases (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    epoch INTEGER NOT NULL,
    pid INTEGER NOT NULL,
    start TEXT NOT NULL,
    host TEXT NOT NULL
  ) STRICT;
  `,
  `
  -- What DVC calls this content.
  ALTER TABLE dataset_versions ADD COLUMN md5 TEXT;
  `,
  `
  -- Where freed runs had their code, until it is known whether anyone else needs it: JSON of a CodeVersion.
  CREATE TABLE freed_code (place TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
  `,
  `
  -- What clients of MLflow's say, where the tables above have no place for it. Experiment 0 is "Default", made when first
  -- asked for. kept: made on purpose, so that it stays without runs.
  ALTER TABLE experiments ADD COLUMN kept INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE experiments ADD COLUMN updated REAL;
  ALTER TABLE experiments ADD COLUMN deleted REAL;
  ALTER TABLE experiments ADD COLUMN artifact_location TEXT;
  CREATE TABLE experiment_tags (
    experiment INTEGER NOT NULL REFERENCES experiments (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (experiment, key)
  ) STRICT, WITHOUT ROWID;

  -- 1: the script logged it on purpose, so nothing that is read elsewhere replaces it.
  ALTER TABLE params ADD COLUMN client INTEGER NOT NULL DEFAULT 0;

  -- Runs that a client asked for. Of an adopted one (owned = 0) status and times here are what the client thinks, those of
  -- table runs the process's. experiment: the one asked for. deleted: by the client, while it could not be really.
  CREATE TABLE client_runs (
    run INTEGER PRIMARY KEY REFERENCES runs (seq) ON DELETE CASCADE,
    owned INTEGER NOT NULL,
    experiment INTEGER NOT NULL,
    user TEXT NOT NULL,
    status TEXT NOT NULL,
    start_time REAL NOT NULL,
    end_time REAL,
    deleted REAL
  ) STRICT;
  CREATE INDEX client_runs_experiment ON client_runs (experiment);

  -- Datasets as clients describe them, without their content; of one name and digest in an experiment the first holds.
  CREATE TABLE logged_datasets (
    id INTEGER PRIMARY KEY,
    experiment INTEGER NOT NULL,
    name TEXT NOT NULL,
    digest TEXT NOT NULL,
    source_type TEXT NOT NULL,
    source TEXT NOT NULL,
    schema TEXT NOT NULL,
    profile TEXT NOT NULL,
    UNIQUE (experiment, name, digest)
  ) STRICT;
  -- tags: JSON object.
  CREATE TABLE dataset_inputs (
    run INTEGER NOT NULL REFERENCES runs (seq) ON DELETE CASCADE,
    dataset INTEGER NOT NULL REFERENCES logged_datasets (id),
    tags TEXT NOT NULL,
    PRIMARY KEY (run, dataset)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX dataset_inputs_dataset ON dataset_inputs (dataset);
  -- model: id of a logged model. role: "input" and "output".
  CREATE TABLE run_models (
    run INTEGER NOT NULL REFERENCES runs (seq) ON DELETE CASCADE,
    role TEXT NOT NULL,
    model TEXT NOT NULL,
    step INTEGER NOT NULL,
    PRIMARY KEY (run, role, model)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX run_models_model ON run_models (model);

  -- Models as a run logged them, registered or not. status as MLflow names it. run: the id, which may be freed before.
  CREATE TABLE logged_models (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    experiment INTEGER NOT NULL,
    name TEXT NOT NULL,
    run TEXT,
    type TEXT NOT NULL,
    status TEXT NOT NULL,
    created REAL NOT NULL,
    updated REAL NOT NULL,
    deleted REAL
  ) STRICT;
  CREATE INDEX logged_models_experiment ON logged_models (experiment, created);
  CREATE INDEX logged_models_run ON logged_models (run) WHERE run IS NOT NULL;
  CREATE TABLE logged_model_params (
    model INTEGER NOT NULL REFERENCES logged_models (seq) ON DELETE CASCADE,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (model, key)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE logged_model_tags (
    model INTEGER NOT NULL REFERENCES logged_models (seq) ON DELETE CASCADE,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (model, key)
  ) STRICT, WITHOUT ROWID;
  -- By the model's id: a metric may come before its model. value NULL: NaN. dataset_*: "" when it was computed on none.
  CREATE TABLE logged_model_metrics (
    model TEXT NOT NULL,
    key TEXT NOT NULL,
    step REAL NOT NULL,
    time REAL NOT NULL,
    value REAL,
    run TEXT NOT NULL,
    dataset_name TEXT NOT NULL,
    dataset_digest TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX logged_model_metrics_once
    ON logged_model_metrics (model, key, step, time, ifnull(value, 'NaN'), run, dataset_name, dataset_digest);

  -- The registry: models by name, their versions, and aliases such as "champion".
  CREATE TABLE models (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    description TEXT NOT NULL,
    created REAL NOT NULL,
    updated REAL NOT NULL,
    -- The last number given to a version: numbers of deleted ones are not given again.
    last_version INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE TABLE model_tags (
    model INTEGER NOT NULL REFERENCES models (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (model, key)
  ) STRICT, WITHOUT ROWID;
  -- source: the address that the client gave, never opened by us. logged_model, run: ids, or NULL.
  CREATE TABLE model_versions (
    id INTEGER PRIMARY KEY,
    model INTEGER NOT NULL REFERENCES models (id) ON DELETE CASCADE,
    version INTEGER NOT NULL,
    description TEXT NOT NULL,
    source TEXT NOT NULL,
    run TEXT,
    run_link TEXT NOT NULL,
    logged_model TEXT,
    user TEXT NOT NULL,
    stage TEXT NOT NULL,
    status TEXT NOT NULL,
    created REAL NOT NULL,
    updated REAL NOT NULL,
    UNIQUE (model, version)
  ) STRICT;
  CREATE INDEX model_versions_run ON model_versions (run) WHERE run IS NOT NULL;
  CREATE TABLE model_version_tags (
    version INTEGER NOT NULL REFERENCES model_versions (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (version, key)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE model_aliases (
    model INTEGER NOT NULL REFERENCES models (id) ON DELETE CASCADE,
    alias TEXT NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (model, alias)
  ) STRICT, WITHOUT ROWID;

  -- Traces of programs that call models. content: the trace's own JSON without tags.
  CREATE TABLE traces (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    experiment INTEGER NOT NULL,
    run TEXT,
    time REAL NOT NULL,
    -- Ms; NULL until it has ended.
    duration REAL,
    state TEXT NOT NULL,
    content TEXT NOT NULL
  ) STRICT;
  CREATE INDEX traces_experiment ON traces (experiment, time);
  CREATE TABLE trace_tags (
    trace INTEGER NOT NULL REFERENCES traces (seq) ON DELETE CASCADE,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (trace, key)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- Where a version's files are, when its source named another model; '' otherwise.
  ALTER TABLE model_versions ADD COLUMN location TEXT NOT NULL DEFAULT '';
  CREATE INDEX logged_model_metrics_model ON logged_model_metrics (model, key, time);
  `,
  `
  -- How the sources of a series that several tell go together: see voices.ts. JSON.
  CREATE TABLE voices (series INTEGER PRIMARY KEY, content TEXT NOT NULL) STRICT;
  CREATE TRIGGER voices_deleted AFTER DELETE ON metrics BEGIN
    DELETE FROM voices WHERE series = OLD.series;
  END;
  `,
  `
  -- Runs that made a trace, or that someone says it belongs to, by id.
  CREATE TABLE trace_runs (
    trace INTEGER NOT NULL REFERENCES traces (seq) ON DELETE CASCADE,
    run TEXT NOT NULL,
    PRIMARY KEY (trace, run)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- What ran in notebooks: see domain/cells.ts. cell: the id of the cell; place: its index in the notebook; source: SHA-256;
  -- error, outputs: JSON. The objects that they need are in table files, of kind "cell".
  CREATE TABLE cells (
    run INTEGER NOT NULL REFERENCES runs (seq) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    cell TEXT NOT NULL,
    place INTEGER NOT NULL,
    execution_count INTEGER,
    language TEXT NOT NULL,
    source BLOB NOT NULL,
    source_size INTEGER NOT NULL,
    title TEXT NOT NULL,
    start_time REAL NOT NULL,
    end_time REAL,
    status TEXT NOT NULL,
    error TEXT,
    outputs TEXT NOT NULL,
    session TEXT NOT NULL,
    PRIMARY KEY (run, ordinal)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX runs_script ON runs (script, start_time) WHERE script IS NOT NULL AND deleted IS NULL;
  `,
  `
  -- Source files that runs imported or ran, as the tracer told; their content is in the run's code.
  CREATE TABLE sources (
    run INTEGER NOT NULL REFERENCES runs (seq) ON DELETE CASCADE,
    path INTEGER NOT NULL,
    PRIMARY KEY (run, path)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX sources_path ON sources (path);
  `,
  `
  -- What a client asked for a run with, until it is known to have the answer: one that has not asks again, and gets the same.
  ALTER TABLE client_runs ADD COLUMN request TEXT;
  CREATE INDEX client_runs_request ON client_runs (request) WHERE request IS NOT NULL;
  `,
  `
  -- As the client that asked for a run sees it, beside client_runs so that searches of clients can walk one index, newest first.
  ALTER TABLE runs ADD COLUMN asked_experiment INTEGER;
  ALTER TABLE runs ADD COLUMN asked_start REAL;
  UPDATE runs SET (asked_experiment, asked_start) = (SELECT experiment, start_time FROM client_runs WHERE run = seq);
  CREATE INDEX runs_asked ON runs (coalesce(asked_experiment, experiment), coalesce(asked_start, start_time) DESC, id);
  `,
  `
  -- Counting a notebook's executions and finding the last of each cell, without reading what they showed.
  CREATE INDEX cells_cell ON cells (run, cell);
  `,
  `
  -- Sweeps: see domain/sweep.ts. spec: JSON; driver: identity of the process that drives it, as JSON. A trial's job is an id of
  -- table jobs.
  CREATE TABLE sweeps (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL UNIQUE,
    spec TEXT NOT NULL,
    cwd TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    driver TEXT,
    created REAL NOT NULL,
    ended REAL
  ) STRICT;
  CREATE TABLE trials (
    sweep INTEGER NOT NULL REFERENCES sweeps (seq) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    params TEXT NOT NULL,
    state TEXT NOT NULL,
    job TEXT,
    value REAL,
    PRIMARY KEY (sweep, number)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- What is to run where: see domain/job.ts. asked, limits, handle: JSON. A row of "paused" holds back the queued jobs of a
  -- target, that of '' those of all.
  CREATE TABLE jobs (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    run TEXT,
    target TEXT NOT NULL,
    state TEXT NOT NULL,
    outcome TEXT,
    reason TEXT,
    cancelling INTEGER NOT NULL DEFAULT 0,
    priority REAL NOT NULL,
    gpus INTEGER NOT NULL,
    sweep TEXT,
    retry_of TEXT,
    name TEXT,
    asked TEXT NOT NULL,
    limits TEXT NOT NULL,
    handle TEXT,
    created REAL NOT NULL,
    started REAL,
    ended REAL,
    revision INTEGER NOT NULL,
    follower_pid INTEGER,
    follower_start TEXT,
    follower_host TEXT
  ) STRICT;
  CREATE INDEX jobs_queued ON jobs (target, priority DESC, seq) WHERE state = 'queued';
  CREATE INDEX jobs_active ON jobs (state) WHERE state IN ('starting', 'waiting', 'running', 'collecting');
  CREATE INDEX jobs_count ON jobs (target, state);
  CREATE INDEX jobs_run ON jobs (run) WHERE run IS NOT NULL;
  CREATE INDEX jobs_sweep ON jobs (sweep) WHERE sweep IS NOT NULL;
  CREATE INDEX jobs_revision ON jobs (revision);
  CREATE TRIGGER jobs_freed AFTER DELETE ON runs BEGIN
    DELETE FROM jobs WHERE run = OLD.id;
  END;
  CREATE TABLE paused (target TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
  `,
  `
  -- Some points of each big chunk, packed, for pictures: see outline.ts.
  CREATE TABLE outlines (chunk INTEGER PRIMARY KEY, points BLOB NOT NULL) STRICT;
  CREATE TRIGGER outlines_freed AFTER DELETE ON chunks BEGIN
    DELETE FROM outlines WHERE chunk = OLD.id;
  END;
  `,
  `
  -- Deployments and each change of them: see domain/deployment.ts. routes, handle, served, steps: JSON; process: identity of the
  -- process that makes the change, as JSON.
  CREATE TABLE deployments (
    seq INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    model TEXT NOT NULL,
    target TEXT NOT NULL,
    routes TEXT NOT NULL,
    handle TEXT,
    served TEXT,
    seen REAL,
    created REAL NOT NULL,
    revision INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE rollouts (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    deployment INTEGER NOT NULL REFERENCES deployments (seq) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    routes TEXT NOT NULL,
    actor TEXT NOT NULL,
    process TEXT NOT NULL,
    steps TEXT NOT NULL,
    outcome TEXT,
    reason TEXT,
    started REAL NOT NULL,
    ended REAL
  ) STRICT;
  CREATE INDEX rollouts_deployment ON rollouts (deployment, seq);
  `,
  `
  -- Who did what to models and deployments: see domain/audit.ts. AUTOINCREMENT: what is cut off from the end is missed.
  CREATE TABLE audit (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    time REAL NOT NULL,
    actor TEXT NOT NULL,
    machine TEXT NOT NULL,
    through TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    reason TEXT,
    evidence TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL
  ) STRICT;
  CREATE INDEX audit_subject ON audit (subject, sequence);
  CREATE TRIGGER audit_changed BEFORE UPDATE ON audit BEGIN
    SELECT RAISE(ABORT, 'Entries of the audit log are never changed.');
  END;
  CREATE TRIGGER audit_deleted BEFORE DELETE ON audit BEGIN
    SELECT RAISE(ABORT, 'Entries of the audit log are never deleted.');
  END;
  -- Neither replaced nor put between others.
  CREATE TRIGGER audit_inserted BEFORE INSERT ON audit WHEN NEW.sequence <= (SELECT max(sequence) FROM audit) BEGIN
    SELECT RAISE(ABORT, 'Entries of the audit log are only added at its end.');
  END;
  -- Files of model versions, kept as objects for as long as the version is there, whatever becomes of its run.
  CREATE TABLE version_files (
    version INTEGER NOT NULL REFERENCES model_versions (id) ON DELETE CASCADE,
    path TEXT NOT NULL,
    sha256 BLOB NOT NULL,
    size INTEGER NOT NULL,
    PRIMARY KEY (version, path)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX version_files_sha256 ON version_files (sha256);
  -- Versions that had an alias before, the last one with the highest seq.
  CREATE TABLE former_aliases (
    seq INTEGER PRIMARY KEY,
    model INTEGER NOT NULL REFERENCES models (id) ON DELETE CASCADE,
    alias TEXT NOT NULL,
    version INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX former_aliases_model ON former_aliases (model, alias, seq);
  `,
  `
  -- What gates have found: see domain/gate.ts. of: the model's version; detail: JSON.
  CREATE TABLE gate_results (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    of INTEGER NOT NULL REFERENCES model_versions (id) ON DELETE CASCADE,
    step TEXT,
    gate TEXT NOT NULL,
    kind TEXT NOT NULL,
    verdict TEXT NOT NULL,
    summary TEXT NOT NULL,
    detail TEXT NOT NULL,
    time REAL NOT NULL,
    duration REAL NOT NULL
  ) STRICT;
  CREATE INDEX gate_results_of ON gate_results (of, seq);
  `,
  `
  -- Whose models may run code here when they are read: see deploy/trust.
  CREATE TABLE trusted_sources (source TEXT PRIMARY KEY, time REAL NOT NULL) STRICT, WITHOUT ROWID;
  `,
  `
  -- With which settings something is served, and a change wants it to be: JSON; null for those of before.
  ALTER TABLE deployments ADD COLUMN settings TEXT;
  ALTER TABLE rollouts ADD COLUMN settings TEXT;
  `,
];
