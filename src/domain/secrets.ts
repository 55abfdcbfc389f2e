/**
 * What looks like a secret is masked before it is written: by its name, by its own look, or inside a URL. The same rules as
 * python/modeltrail/_secrets.py, which masks what is seen inside the run; a test holds the two together.
 */

export const MASK = "***";

// A name is split into its words: api_key, apiKey, api-key and model.api.key all end in ("api", "key").
const SECRET_WORDS = new Set(
  "password passwd pwd passphrase secret secrets credential credentials auth authorization bearer apikey cookie".split(
    " ",
  ),
);
const KEY_KINDS = new Set(
  "api access private secret auth account signing encryption license service session".split(" "),
);
/** Tokens of a text, not of a login: --pad_token, --max-tokens. */
const TEXT_TOKENS = new Set(
  "pad eos bos unk mask sep cls start end stop begin special image video audio text prompt max min num n per".split(
    " ",
  ),
);
/** How well known access tokens begin. */
const TOKEN_STARTS = /^(?:ghp_|gho_|ghs_|github_pat_|glpat-|hf_|sk-|xoxb-|xoxp-|AKIA|eyJ)/;
const HARMLESS = new Set(["", "None", "True", "False", "[]", "{}", "()"]);
const URL_LOGIN = /(:\/\/)([^/?# \t\n'"]*)@/g;

/** Lower-case words of a name in any of the usual spellings. */
function wordsOf(name: string): string[] {
  return name
    .replace(/(?<=[\p{Ll}\d])(?=\p{Lu})/gu, " ")
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "");
}

/** Whether a value under this name is to be masked. */
export function isSecretName(name: string): boolean {
  return wordsOf(name).some((word, place, words) => {
    const before = words[place - 1] ?? "";
    if (SECRET_WORDS.has(word)) return true;
    if (word === "key" || word === "keys") return KEY_KINDS.has(before);
    return (word === "token" || word === "tokens") && !TEXT_TOKENS.has(before);
  });
}

/** `hf_` and 30 random letters and digits, but not `hf_my_long_model_name`. */
function isToken(text: string): boolean {
  if (!TOKEN_STARTS.test(text) || text.length < 20 || text.length > 1_000) return false;
  return /^[\p{L}\p{N}_.-]+$/u.test(text) && /\d/.test(text) && /\p{Lu}/u.test(text);
}

/** Masks the login in a URL (`https://user:key@host`) and text that is an access token by its look. */
export function maskText(text: string): string {
  return isToken(text) ? MASK : text.replace(URL_LOGIN, `$1${MASK}@`);
}

/** The same of all texts in a JSON value; names stay. */
export function maskTexts<T>(value: T): T;
export function maskTexts(value: unknown): unknown {
  if (typeof value === "string") return maskText(value);
  if (Array.isArray(value)) return value.map((item) => maskTexts(item));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, maskTexts(item)]));
}

/** Masks the value of a parameter. Numbers, flags and empty values are never secrets, except a password's. */
export function maskValue(name: string, text: string): string {
  if (!isSecretName(name) || HARMLESS.has(text)) return maskText(text);
  const isNumber = text.trim() !== "" && !Number.isNaN(Number(text));
  return !isNumber || wordsOf(name).some((word) => SECRET_WORDS.has(word)) ? MASK : text;
}

/** Whether the command is without its secrets, so that it cannot be run as it is. */
export function hasLostSecrets(command: readonly string[]): boolean {
  return command.some((word) => word.includes(MASK));
}

/** Masks a command line: `--token X`, `--token=X` and `db.password=X` keep their name only. */
export function maskArguments(command: readonly string[]): string[] {
  let secretNext = false;
  return command.map((argument) => {
    const masked = maskArgument(argument, secretNext);
    secretNext = argument.startsWith("-") && !argument.includes("=") && isSecretName(argument);
    return masked;
  });
}

function maskArgument(argument: string, isSecret: boolean): string {
  if (isSecret && !argument.startsWith("-")) return MASK;
  const equals = argument.indexOf("=");
  const name = argument.slice(0, Math.max(equals, 0));
  // Spaces and quotes are of code or text, not of a name; a URL has its own equals signs.
  if (name === "" || /[ \t\n'"]|:\/\//.test(name)) return maskText(argument);
  return `${name}=${maskValue(name, argument.slice(equals + 1))}`;
}
