/** What would keep a job from running on a machine, found without leaving anything there. */

import { formatDuration, formatSize } from "../../domain/format";
import type { JobPlan, Problem } from "../contract";
import { type Host, HostUnreachable } from "../host/contract";
import { fromHome, IN_HOME } from "../host/inHome";
import { readAnswer } from "../host/remoteProgram";
import type { Activation } from "./contract";
import { stageSize } from "./stageList";

/** Answers with facts of the machine. Written so that a Python that is too old can still say so. */
const PROBE = `
import json, os, sys, time
folder, program, python, gpus = [os.path.expanduser(one) for one in sys.argv[1:5]]
facts = {"time": time.time() * 1000, "version": list(sys.version_info[:2]), "writable": False, "free": 0, "program": True, "python": True, "gpus": -1}
place = os.path.join(os.path.expanduser("~"), folder)
while not os.path.isdir(place) and os.path.dirname(place) != place:
    place = os.path.dirname(place)
facts["writable"] = os.access(place, os.W_OK | os.X_OK)
disk = os.statvfs(place)
facts["free"] = disk.f_bavail * disk.f_frsize
def there(name):
    places = [""] if "/" in name else os.environ.get("PATH", os.defpath).split(os.pathsep)
    return any([os.access(os.path.join(one, name), os.X_OK) for one in places])
facts["program"] = not program or there(program)
facts["python"] = not python or there(python)
if gpus != "0":
    pipe = os.popen("nvidia-smi -L 2>/dev/null")
    facts["gpus"] = len([line for line in pipe if line.startswith("GPU ")])
sys.stdout.write("\\nmodeltrail-answer " + json.dumps(facts) + "\\n")
`;

interface Facts {
  /** Ms since the epoch, by the clock there. */
  time: number;
  version: [number, number];
  writable: boolean;
  /** Bytes. */
  free: number;
  /** Whether the command's program, and the Python that is named in the settings, are there. */
  program: boolean;
  python: boolean;
  /** -1: not asked for. */
  gpus: number;
}

/** More than a connection takes. */
const CLOCK_MS = 60_000;

export interface Machine {
  folder: string;
  python: string;
  activate: Activation | null;
}

const PYTHON_NAME = /^(?:python|pypy)[\d.]*$/;

/** Problems in the order in which they would arise. */
export async function checkMachine(
  host: Host,
  machine: Machine,
  plan: JobPlan,
  signal: AbortSignal,
): Promise<Problem[]> {
  const { folder, python } = machine;
  const named = pythonNamed(machine.activate);
  const argv = [
    fromHome(python),
    "-c",
    PROBE,
    folder,
    machine.activate ? "" : programOf(plan),
    named ?? "",
    String(plan.gpus),
  ];
  let result: Awaited<ReturnType<Host["exec"]>>;
  try {
    // In the home folder, as the job's agent will be.
    result = await host.exec([...IN_HOME, ...argv], { signal });
  } catch (error) {
    if (!(error instanceof HostUnreachable)) throw error;
    return [failure(error.message)];
  }
  const facts = readAnswer<Facts>(result.stdout);
  if (!facts) return [failure(noPython(host, python, result.stderr))];
  const ahead = facts.time - Date.now();
  const size = await stageSize(plan.stage);
  return [
    ...when(facts.version[0] < 3 || (facts.version[0] === 3 && facts.version[1] < 8), () =>
      failure(
        `${python} on ${host.name} is Python ${facts.version.join(".")}; jobs need 3.8 or newer. Name another with \`python\`.`,
      ),
    ),
    ...when(!facts.writable, () => failure(`${folder} on ${host.name} may not be written. Give another \`folder\`.`)),
    ...when(facts.free < size, () =>
      failure(
        `The disk of ${folder} on ${host.name} has ${formatSize(facts.free)} free, and the job needs ${formatSize(size)}. Free space there, or give another \`folder\`.`,
      ),
    ),
    ...when(!facts.python, () => failure(`There is no ${named} on ${host.name}.`)),
    ...when(!facts.program, () => failure(`There is no program ${programOf(plan)} on ${host.name}. Install it there.`)),
    ...when(facts.gpus >= 0 && facts.gpus < plan.gpus, () =>
      failure(`The job wants ${plan.gpus} GPUs, and ${host.name} has ${facts.gpus}.`),
    ),
    ...when(Math.abs(ahead) > CLOCK_MS, () => ({
      severity: "warning",
      message: `The clock of ${host.name} is ${formatDuration(Math.abs(ahead))} ${ahead > 0 ? "ahead of" : "behind"} the one here: times of metrics are by that one.`,
    })),
  ];
}

/** The program that has to be there: not a Python, for which the agent finds another, and no file of the project. */
function programOf({ command }: JobPlan): string {
  const name = command[0]!.split("/").at(-1)!;
  return PYTHON_NAME.test(name) || command[0]!.includes("/") ? "" : command[0]!;
}

function pythonNamed(activate: Activation | null): string | null {
  if (activate?.kind === "python") return activate.path;
  return activate?.kind === "venv" ? `${activate.path}/bin/python` : null;
}

function noPython(host: Host, python: string, stderr: string): string {
  const said = stderr.trim().split("\n").at(-1);
  return `${python} could not be run on ${host.name}${said ? ` (${said})` : ""}. Jobs need Python 3.8 or newer there: install it, or name it with \`python\`.`;
}

function when(condition: boolean, problem: () => Problem): Problem[] {
  return condition ? [problem()] : [];
}

function failure(message: string): Problem {
  return { severity: "error", message };
}
