import { UserError } from "../domain/errors";

/** "key=value" as a pair; the value may be empty. Throws UserError when it is not of that form. */
export function parseTag(tag: string): [key: string, value: string] {
  const at = tag.indexOf("=");
  if (at < 1) throw new UserError(`"${tag}" is not a tag. Write it as key=value, for example dataset=v2`);
  return [tag.slice(0, at), tag.slice(at + 1)];
}
