import { expect, test } from "vitest";
import { pipSettings, recipeOf } from "./containerfile";

const recipe = { base: "python:3.11-slim", digest: "sha256:1", packages: [], requirements: ["numpy==2.1.0"], pip: {} };

test("the recipe, and a tag that changes with all that makes the image", () => {
  const { files, tag } = recipeOf(recipe);
  expect(files).toEqual({
    Containerfile: [
      "# sha256:1",
      "FROM python:3.11-slim",
      "RUN python3 -m venv --system-site-packages /opt/modeltrail",
      "COPY requirements.txt /tmp/requirements.txt",
      "RUN /opt/modeltrail/bin/python -m pip install --no-input --no-cache-dir --disable-pip-version-check -r /tmp/requirements.txt && rm /tmp/requirements.txt",
      "ENV PATH=/opt/modeltrail/bin:$PATH VIRTUAL_ENV=/opt/modeltrail",
      "",
    ].join("\n"),
    "requirements.txt": "numpy==2.1.0\n",
  });
  const others = [
    { digest: "sha256:2" },
    { base: "python:3.12-slim" },
    { requirements: ["numpy==2.1.1"] },
    { packages: ["libgomp1"] },
  ].map((change) => recipeOf({ ...recipe, ...change }).tag);
  expect(new Set([tag, ...others]).size).toBe(5);
  expect(recipeOf(recipe).tag).toBe(tag);
});

test("where pip looks goes along, logins do not", () => {
  expect(
    pipSettings({
      PIP_INDEX_URL: "https://user:word@mirror/simple",
      PIP_EXTRA_INDEX_URL: "https://mirror/simple",
      PIP_CERT: "/etc/x",
    }),
  ).toEqual({ PIP_EXTRA_INDEX_URL: "https://mirror/simple" });
});
