/** What the settings of several kinds of targets are made of. */
import * as z from "zod/mini";

export const said = (text: string) => z.describe(text);

export const Text = z.string().check(z.minLength(1));
export const Texts = z.array(Text);
export const Argv = z.array(Text).check(z.minLength(1));
export const Count = z.int().check(z.positive());
export const HttpUrl = z
  .string()
  .check(z.regex(/^https?:\/\//, "is not an address that begins with http:// or https://"));

export const VariableName = z.string().check(z.regex(/^[A-Za-z_]\w*$/, "is no name of a variable"));
const VariableValue = z.pipe(z.union([z.string(), z.number(), z.boolean()]), z.transform(String));
export const Env = z.record(VariableName, VariableValue);
