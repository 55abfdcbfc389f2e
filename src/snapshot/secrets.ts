/**
 * What looks like a secret is masked before it is stored: by its name, by its own look, or inside a URL. The rules are those
 * of python/tracer/_modeltrail/secrets.py, so that an argument is masked alike wherever it was seen.
 */

export const MASK = "***";

/** Secret wherever they stand in a name. */
const WORDS = new Set(
  "password passwd pwd passphrase secret secrets credential credentials auth authorization bearer apikey cookie".split(
    " ",
  ),
);
/** "key" behind one of these is secret. */
const KEYS = new Set("api access private secret auth account signing encryption license service session".split(" "));
/** "token" behind one of these is a token of a text, not of a login: --pad_token, --max-tokens. */
const TEXT_TOKENS = new Set(
  "pad eos bos unk mask sep cls start end stop begin special image video audio text prompt max min num n per".split(
    " ",
  ),
);
/** How well-known access tokens begin. */
const TOKEN = /^(?:ghp_|gho_|ghs_|github_pat_|glpat-|hf_|sk-|xoxb-|xoxp-|AKIA|eyJ)[\w.-]+$/;

/** api_key, apiKey, api-key and model.api.key all end in ("api", "key"). */
function wordsOf(name: string): string[] {
  return name
    .replace(/([\p{Ll}\d])(?=\p{Lu})/gu, "$1 ")
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);
}

/** Whether a value under this name is to be masked. */
export function isSecretName(name: string): boolean {
  return wordsOf(name).some((word, at, words) => {
    const before = words[at - 1] ?? "";
    if (WORDS.has(word)) return true;
    if (word === "key" || word === "keys") return KEYS.has(before);
    return (word === "token" || word === "tokens") && !TEXT_TOKENS.has(before);
  });
}

/** `hf_` and 30 random letters and digits, but not `hf_my_long_model_name`. */
function isToken(text: string): boolean {
  return text.length >= 20 && text.length <= 1000 && TOKEN.test(text) && /\d/.test(text) && /[A-Z]/.test(text);
}

/** Masks the login in URLs (`https://user:key@host`) and text that is an access token by its look. */
export function maskText(text: string): string {
  if (isToken(text)) return MASK;
  return text.replace(/(:\/\/)[^/?#\s'"]*@(?=[^/?#\s'"@]*)/g, `$1${MASK}@`);
}

/** A URL without its login, for remotes and tracking addresses. */
export const maskUrl = maskText;

/** Masks the value of a param. Numbers, flags and empty values are no secrets, except a password's. */
export function maskValue(name: string, text: string): string {
  if (isSecretName(name)) {
    const harmless = ["", "None", "True", "False", "[]", "{}", "()"].includes(text);
    const isNumber = text.trim() !== "" && Number.isFinite(Number(text));
    if (!harmless && (!isNumber || wordsOf(name).some((word) => WORDS.has(word)))) return MASK;
  }
  return maskText(text);
}

/** A command line to store: `--token X`, `--token=X` and `db.password=X` keep their names only. */
export function maskCommand(command: readonly string[]): string[] {
  let secretNext = false;
  return command.map((word) => {
    const at = word.indexOf("=");
    const name = at > 0 ? word.slice(0, at) : "";
    const isOption = word.startsWith("-");
    const masked =
      secretNext && !isOption
        ? MASK
        : name && !/[\s'"]|:\/\//.test(name)
          ? `${name}=${maskValue(name, word.slice(at + 1))}`
          : maskText(word);
    secretNext = at < 0 && isOption && isSecretName(word);
    return masked;
  });
}
