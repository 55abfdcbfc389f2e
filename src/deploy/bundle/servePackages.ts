/** The packages of the app that serves, all that they need included, at versions that are known to go together. */

interface Pin {
  name: string;
  version: string;
  /** Of a requirement: where it is to be had. */
  marker?: string;
}

const NOT_ON_WINDOWS = 'sys_platform != "win32"';

/** By the lowest Python that they are for, the newest first. */
const PINS: { from: number; pins: Pin[] }[] = [
  {
    from: 11,
    pins: pins(`annotated-doc==0.0.7 annotated-types==0.8.0 anyio==4.16.0 click==8.5.1 fastapi==0.165.0 h11==0.16.0
      idna==3.20 opentelemetry-api==1.45.2 orjson==3.13.0 pydantic==2.14.3 pydantic-core==2.50.4 starlette==1.10.0
      typing-extensions==4.16.0 typing-inspection==0.4.5 uvicorn==0.54.0`),
  },
  {
    from: 10,
    pins: pins(`annotated-doc==0.0.6 annotated-types==0.8.0 anyio==4.16.0 click==8.5.1 exceptiongroup==1.3.0
      fastapi==0.162.5 h11==0.16.0 idna==3.20 opentelemetry-api==1.45.2 orjson==3.13.0 pydantic==2.14.3
      pydantic-core==2.50.4 starlette==1.7.0 typing-extensions==4.16.0 typing-inspection==0.4.5 uvicorn==0.54.0`),
  },
  {
    from: 9,
    pins: pins(`annotated-doc==0.0.5 annotated-types==0.7.0 anyio==4.12.1 click==8.1.8 exceptiongroup==1.3.0
      fastapi==0.128.8 h11==0.16.0 idna==3.20 orjson==3.11.5 pydantic==2.13.5 pydantic-core==2.46.5 starlette==0.49.3
      typing-extensions==4.16.0 typing-inspection==0.4.2 uvicorn==0.39.0`),
  },
];

/** They make it quicker where they are to be had. */
const QUICK: Pin[] = [
  { name: "httptools", version: "0.9.0", marker: NOT_ON_WINDOWS },
  { name: "uvloop", version: "0.23.0", marker: NOT_ON_WINDOWS },
];

/** What has to go together with it, when a model needs one of them itself. */
const CORE = new Set(["fastapi", "starlette", "pydantic", "pydantic-core", "anyio"]);

/** PEP 503. */
export const normalName = (name: string): string => name.toLowerCase().replace(/[-_.]+/g, "-");

/**
 * For this Python ("3.11"), besides `model`, whose versions hold: packages that the model needs are not among them. Where the
 * model shares some, the others are those that were recorded with it, as far as they were. By normal names.
 */
export function servePins(
  python: string,
  model: ReadonlyMap<string, string>,
  recorded: ReadonlyMap<string, string>,
): Pin[] {
  const minor = Number(python.split(".")[1]);
  const { pins } = PINS.find(({ from }) => minor >= from) ?? PINS.at(-1)!;
  const shared = [...CORE].some((name) => model.has(name));
  return [...pins, ...QUICK]
    .filter(({ name }) => !model.has(name))
    .map((pin) => ({ ...pin, version: (shared && recorded.get(pin.name)) || pin.version }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** Names of all packages that may be among them. */
export const SERVE_NAMES: ReadonlySet<string> = new Set(
  [...PINS.flatMap(({ pins }) => pins), ...QUICK].map(({ name }) => name),
);

export function lineOf({ name, version, marker }: Pin): string {
  return `${name}==${version}${marker ? `; ${marker}` : ""}`;
}

function pins(text: string): Pin[] {
  return text.split(/\s+/).map((word) => {
    const [name, version] = word.split("==") as [string, string];
    return { name, version };
  });
}
