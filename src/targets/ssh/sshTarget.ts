/** Jobs on a machine behind ssh: in folders there, each looked after by an agent of ours. */

import { UserError } from "../../domain/errors";
import type { TargetOf } from "../../domain/targets";
import type { JobPlan, Target } from "../contract";
import { createJobFolder } from "../jobFolder/jobFolder";
import type { TargetContext } from "../registry";
import { environmentOf } from "./environment";
import { openHost } from "./openHost";

/** Throws UserError for settings that cannot be. */
export function makeSshTarget(name: string, settings: TargetOf<"ssh">, context: TargetContext): Target {
  const { folder, fileLimit, python = "python3", slots, costPerHour, env } = settings;
  const host = openHost(settings, context);
  const environment = environmentOf(name, settings, python, context);
  const jobs = createJobFolder({
    host,
    python,
    ...(folder === undefined ? {} : { folder }),
    ...(fileLimit === undefined ? {} : { fileLimit }),
  });
  const withEnv = (plan: JobPlan): JobPlan => ({ ...plan, env: { ...env, ...plan.env } });
  return {
    name,
    kind: "ssh",
    ...(slots === undefined ? {} : { slots }),
    ...(costPerHour === undefined ? {} : { costPerHour }),
    enforces: ["seconds", "memory"],

    async check(plan, signal) {
      const problems = await jobs.check(plan, { activate: environment.activate, signal });
      const fatal = problems.some(({ severity }) => severity === "error");
      return fatal ? problems : [...problems, ...(await environment.check(host, plan, signal))];
    },

    async submit(plan, { keep, onProgress, signal }) {
      const activate = await environment.make(host, plan, { onProgress, signal });
      return jobs.submit(withEnv(plan), { activate, keep, onProgress, signal });
    },

    follow: jobs.follow,
    collect: jobs.collect,

    async cancel(plan, handle, signal) {
      if (await jobs.cancel(plan, handle, signal)) return;
      throw new UserError(
        `This job runs on another machine than the one that ${host.name} led to now. It was asked to end; see whether it does.`,
      );
    },

    clean: jobs.clean,
  };
}
