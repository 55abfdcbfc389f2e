/**
 * An error whose message is the sentence the user reads: what happened, to which file or run, and what to do next.
 * Anything else that is thrown is a fault of ours and is shown with a link to the log.
 */
export class UserError extends Error {
  override readonly name = "UserError";
}
