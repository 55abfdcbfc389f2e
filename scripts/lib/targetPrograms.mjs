import { canInstall, installFromDebian } from "./debian.mjs";
import { findProgram } from "./processes.mjs";

/** What tests of targets start, by the Debian package that has it. */
const programs = {
  "openssh-client": ["ssh", "ssh-keygen"],
  "openssh-server": ["sshd"],
  rsync: ["rsync"],
  fish: ["fish"],
  tcsh: ["tcsh"],
  munge: ["munged"],
  slurmctld: ["slurmctld"],
  slurmd: ["slurmd"],
  "slurm-client": ["sbatch", "squeue", "scancel", "scontrol"],
  "kubernetes-client": ["kubectl"],
};

/** Installs what is missing where that is possible. Throws a sentence that says what is still missing: tests that need it leave themselves out. */
export async function ensureTargetPrograms() {
  const missing = () => Object.keys(programs).filter((name) => !programs[name].every(findProgram));
  if (missing().length > 0 && canInstall()) {
    console.log(`Installing ${missing().join(", ")} from Debian's packages …`);
    await installFromDebian(missing());
  }
  if (missing().length > 0) {
    throw new Error(`Some tests of targets are left out: ${missing().join(", ")} cannot be had on this machine.`);
  }
}
