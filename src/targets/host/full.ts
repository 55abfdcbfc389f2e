import { UserError } from "../../domain/errors";

/** Runs `action`, which writes to `folder` on the machine `host`, and says what the user can do when that is not possible. */
export async function explainFull<T>(host: string, folder: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw cannotWrite(host, folder, (error as NodeJS.ErrnoException).code ?? "", error) ?? error;
  }
}

/** `said`: an error code, or what a program wrote. Undefined when it is about something else. */
export function cannotWrite(host: string, folder: string, said: string, cause?: unknown): UserError | undefined {
  if (/ENOSPC|EDQUOT|No space left|quota exceeded/i.test(said)) {
    return new UserError(`The disk of ${folder} on ${host} is full. Free space there, or give another \`folder\`.`, {
      cause,
    });
  }
  if (/EROFS|EACCES|EPERM|Read-only file system|Permission denied/i.test(said)) {
    return new UserError(`${folder} on ${host} may not be written. Give another \`folder\` in modeltrail.yaml.`, {
      cause,
    });
  }
  return undefined;
}
