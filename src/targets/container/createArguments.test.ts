import { expect, test } from "vitest";
import { type ContainerSettings, createArguments } from "./createArguments";

const plan = { id: "a1", run: "b2", gpus: 0, limits: {} };
const command = { image: "img", argv: ["python3", "agent.py", "run"], mounts: [{ from: "/h/a1", to: "/job" }] };
const podman: ContainerSettings = { kind: "podman", image: "img" };
const docker: ContainerSettings = { kind: "docker", image: "img" };
const user = { uid: 1000, gid: 1000 };
const place = { isPodman: true, rootless: true, user, labelled: false };

test("the whole line", () => {
  expect(createArguments(plan, podman, place, command)).toEqual([
    ...["--name", "modeltrail-a1", "--label", "modeltrail.job=a1", "--label", "modeltrail.run=b2", "--pull", "never"],
    ...["--mount", "type=bind,source=/h/a1,target=/job", "--userns", "keep-id", "--env", "HOME=/tmp"],
    ...["--shm-size", "2g", "--entrypoint", "python3", "img", "agent.py", "run"],
  ]);
});

/** What the settings add to, or leave out of, a container of root's. */
function words(settings: Partial<ContainerSettings>, more: Partial<typeof place> & { gpus?: number; memory?: number }) {
  const { gpus = 0, memory, ...where } = more;
  const kind = where.isPodman === false ? docker : podman;
  const job = { ...plan, gpus, limits: memory === undefined ? {} : { memory } };
  const all = createArguments(job, { ...kind, ...settings } as ContainerSettings, { ...place, ...where }, command);
  return all.slice(all.indexOf("type=bind,source=/h/a1,target=/job") + 1, all.indexOf("--entrypoint")).join(" ");
}

test.each([
  ["Docker of root's", { isPodman: false, rootless: false }, "--user 1000:1000 --env HOME=/tmp --shm-size 2g"],
  ["Docker without root", { isPodman: false }, "--shm-size 2g"],
  ["root", { rootless: false, user: { uid: 0, gid: 0 } }, "--shm-size 2g"],
  ["SELinux", { labelled: true }, "--userns keep-id --env HOME=/tmp --security-opt label=disable --shm-size 2g"],
])("files belong to the user: %s", (_, where, expected) => {
  expect(words({}, where)).toBe(expected);
});

const root = { rootless: false, user: { uid: 0, gid: 0 } };

test("what a job may take: its own limit before the target's", () => {
  const settings: Partial<ContainerSettings> = { memory: 8e9, cpus: 1.5, gpus: "all", options: ["--ipc=host"] };
  const memory = (size: number) => `--memory ${size}b --memory-swap ${size}b --cpus 1.5`;
  expect(words(settings, root)).toBe(`${memory(8e9)} --device nvidia.com/gpu=all --ipc=host`);
  expect(words(settings, { ...root, memory: 1e9, gpus: 2 })).toBe(
    `${memory(1e9)} --device nvidia.com/gpu=0 --device nvidia.com/gpu=1 --ipc=host`,
  );
  expect(words({ gpus: 1 }, { ...root, isPodman: false })).toBe("--gpus 1 --shm-size 2g");
});

test("the user's own words come after ours, and before the image", () => {
  const settings = { network: "host", volumes: ["/data:/data:ro"], options: ["--cap-drop", "all"] };
  expect(words(settings, root)).toBe("--shm-size 2g --network host --volume /data:/data:ro --cap-drop all");
});

test("a folder with a comma and quotes in its name", () => {
  const mounts = [{ from: '/a,"b"', to: "/job", readOnly: true }];
  const all = createArguments(plan, podman, place, { ...command, mounts });
  expect(all[all.indexOf("--mount") + 1]).toBe('type=bind,"source=/a,""b""",target=/job,readonly');
});
