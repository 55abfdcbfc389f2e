/** What makes a folder a container's: built by any engine, started by any platform that knows one of our protocols. */
import type { BundleManifest } from "../../domain/bundle";

/** Packages of Debian that wheels expect of the system, by the package that does. */
const SYSTEM_PACKAGES: Record<string, string> = { lightgbm: "libgomp1" };

const HEALTH =
  "import os, urllib.request as u; e = os.environ.get; u.urlopen('http://127.0.0.1:' + (e('AIP_HTTP_PORT') or e('PORT') or '8080') + '/ping', timeout=4)";

/** `python`: the whole version, "3.11.7". */
export function dockerfile(manifest: Pick<BundleManifest, "requirements">, python: string): string {
  const names = manifest.requirements.map((line) => line.split("==")[0]!);
  const system = [...new Set(names.flatMap((name) => SYSTEM_PACKAGES[name] ?? []))];
  const install =
    system.length === 0
      ? ""
      : `RUN apt-get update \\
 && apt-get install --yes --no-install-recommends ${system.join(" ")} \\
 && rm -rf /var/lib/apt/lists/*
`;
  return `# Another image with the same Python can stand in: --build-arg BASE=…
ARG BASE=python:${python}-slim
FROM \${BASE}
# Where pip takes packages from, when that is not PyPI.
ARG PIP_INDEX_URL
ARG PIP_EXTRA_INDEX_URL
ARG PIP_TRUSTED_HOST
ARG PIP_DEFAULT_TIMEOUT
${install}RUN useradd --create-home --uid 10001 serve
WORKDIR /opt/bundle
COPY requirements.txt .
RUN python3 -m pip install --no-cache-dir --disable-pip-version-check --requirement requirements.txt
COPY . .
USER 10001
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PYTHONPATH=/opt/bundle
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \\
  CMD ["python3", "-c", "${HEALTH}"]
# Platforms set the port by a variable (AIP_HTTP_PORT, PORT), or add the word "serve". The bundle is the one that the app lies in:
# a platform that brings another names that in PYTHONPATH (and sets PYTHONSAFEPATH).
ENTRYPOINT ["python3", "-m", "modeltrail_serve", "--host", "0.0.0.0"]
`;
}

export const DOCKERIGNORE = "__pycache__\n*.pyc\nDockerfile\n.dockerignore\nREADME.md\n";

/** What Azure ML's inference server is given. */
export const SCORE_FILE = "score.py";
export const SCORE = `"""init() and run(), as Azure ML asks for them."""
from modeltrail_serve.azure import init, run

__all__ = ["init", "run"]
`;

/** For who finds the folder. */
export function readme(
  manifest: Pick<BundleManifest, "model" | "version" | "run" | "python" | "sample" | "sampleSource">,
): string {
  const { model, version, run, python, sample, sampleSource } = manifest;
  const title = `${model} ${version}`;
  const ask =
    sample === null
      ? ""
      : `
Ask it its own sample${sampleSource ? ` (${sampleSource})` : ""}:

    python3 -c "import json; print(json.dumps(json.load(open('${sample}'))['request']))" |
      curl --json @- http://127.0.0.1:8080/invocations
`;
  return `# ${title}

A model, ready to be served: version ${version} of \`${model}\`${run === null ? "" : `, made by the run ${run}`}. \`bundle.json\` says what it takes and lists every file with its SHA-256.

With Python ${python}, here:

    python3 -m venv .venv && .venv/bin/pip install -r requirements.txt
    PYTHONPATH=. .venv/bin/python -m modeltrail_serve --bundle . --port 8080

In a container:

    docker build -t ${imageName(model)}:${version} . && docker run --rm -p 8080:8080 ${imageName(model)}:${version}
${ask}
It speaks MLflow's scoring protocol (\`/invocations\`), KServe's v1 and v2 (\`/v1/models\`, \`/v2/models\`), and what SageMaker, Vertex AI and Azure ML ask of a container.
`;
}

/** As image names may be: lower case, single separators between. */
export function imageName(model: string): string {
  return (
    model
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-+|-+$/g, "") || "model"
  );
}
