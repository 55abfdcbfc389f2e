/** Of a run whose processes train together (torchrun, Accelerate, mpirun, srun): how many they are. */
import type { IngestBatch } from "../../store/contract";
import type { Listener } from "../listener";

const SIZES = ["WORLD_SIZE", "OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_NTASKS"];

export function createRanks(): Listener {
  let told = 0;
  let found: IngestBatch = {};
  return {
    hear(events) {
      for (const event of events) {
        const size = event.e === "start" ? Number(SIZES.map((name) => event.rank?.[name]).find(Boolean)) : 0;
        if (!(size > 1) || size === told) continue;
        told = size;
        found = { tags: { ranks: String(size) } };
      }
    },
    take() {
      const taken = found;
      found = {};
      return taken;
    },
    async finish() {},
  };
}
