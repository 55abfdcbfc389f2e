/** The code of several sides, each measured by the first one's. */
import type { CodeChange, ComparedCode } from "../domain/comparison";
import { UserError } from "../domain/errors";
import type { CodeOfSide, ComparisonReaders } from "./readers";

/** `onUnknown` hears of the sides whose code is not there, and why; null: it was never captured. */
export async function compareCode(
  sides: readonly CodeOfSide[],
  readers: Pick<ComparisonReaders, "codeChanges">,
  onUnknown: (sides: number[], reason: string | null) => void,
): Promise<ComparedCode[]> {
  const compared: ComparedCode[] = [];
  for (const [at, side] of sides.entries()) {
    const { commit, head, branch, dirty } = side.code;
    const changes = await changesFrom(sides[0]!, side, at);
    compared.push({ commit, head, branch, dirty, changes });
  }
  return compared;

  async function changesFrom(first: CodeOfSide, side: CodeOfSide, at: number): Promise<CodeChange[] | null> {
    if (side.code.commit === null) {
      onUnknown([at], null);
      return null;
    }
    if (at === 0) return [];
    if (first.code.commit === null) return null;
    try {
      return await readers.codeChanges(first, side);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      onUnknown([0, at], error.message);
      return null;
    }
  }
}
