/** `modeltrail stand-in`: what a recorder starts when a client of MLflow's comes; see src/recorder/endpoint/understudy.ts. */
import { standIn } from "../../recorder/endpoint/standIn";
import { locateRoot } from "../../store/locate";
import { openStore } from "../../store/open";

export async function standInCommand(): Promise<void> {
  await standIn(() => openStore(locateRoot(process.cwd()).root, { create: false }));
}
