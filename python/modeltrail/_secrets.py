"""What looks like a secret is masked before it is written: by its name, by its own look, or inside a URL."""

MASK = "***"

# A name is split into its words: api_key, apiKey, api-key and model.api.key all end in ("api", "key").
_WORDS = frozenset(
    """password passwd pwd passphrase secret secrets credential credentials auth authorization bearer apikey
    cookie""".split()
)
_KEYS = frozenset("api access private secret auth account signing encryption license service session".split())
# Tokens of a text, not of a login: --pad_token, --max-tokens.
_TEXT_TOKENS = frozenset(
    "pad eos bos unk mask sep cls start end stop begin special image video audio text prompt max min num n per".split()
)
# How well known access tokens begin.
_TOKEN_STARTS = ("ghp_", "gho_", "ghs_", "github_pat_", "glpat-", "hf_", "sk-", "xoxb-", "xoxp-", "AKIA", "eyJ")


def _words(name):
    """Lower-case words of a name in any of the usual spellings."""
    parts = []
    previous_lower = False
    for char in name:
        if not char.isalnum():
            parts.append(" ")
        elif char.isupper() and previous_lower:
            parts.append(" " + char)
        else:
            parts.append(char)
        previous_lower = char.islower() or char.isdigit()
    return "".join(parts).lower().split()


def is_secret_name(name):
    """Whether a value under this name is to be masked."""
    before = ""
    for word in _words(name):
        if word in _WORDS or (word in ("key", "keys") and before in _KEYS):
            return True
        if word in ("token", "tokens") and before not in _TEXT_TOKENS:
            return True
        before = word
    return False


def _is_number(text):
    try:
        float(text)
        return True
    except ValueError:
        return False


def _is_token(text):
    """`hf_` and 30 random letters and digits, but not `hf_my_long_model_name`."""
    if not text.startswith(_TOKEN_STARTS) or not 20 <= len(text) <= 1000:
        return False
    digit = upper = False
    for char in text:
        if not char.isalnum() and char not in "_-.":
            return False
        digit = digit or char.isdigit()
        upper = upper or char.isupper()
    return digit and upper


def mask_text(text):
    """Mask the login in a URL (`https://user:key@host`) and text that is an access token by its look."""
    if _is_token(text):
        return MASK
    scheme = text.find("://")
    if scheme < 0:
        return text
    start = scheme + 3
    end = start
    while end < len(text) and text[end] not in "/?# \t\n'\"":
        end += 1
    at = text.rfind("@", start, end)
    rest = mask_text(text[end:])
    return text[:start] + (MASK + text[at:end] if at >= 0 else text[start:end]) + rest


def mask_value(name, text):
    """Mask the value of a parameter. Numbers, flags and empty values are never secrets, except a password's."""
    if is_secret_name(name):
        harmless = text in ("", "None", "True", "False", "[]", "{}", "()")
        if not harmless and (not _is_number(text) or not _WORDS.isdisjoint(_words(name))):
            return MASK
    return mask_text(text)


def mask_arguments(arguments):
    """Mask a command line: `--token X`, `--token=X` and `db.password=X` keep their name only."""
    masked = []
    secret_next = False
    for argument in arguments:
        name, equals, value = argument.partition("=")
        if secret_next and not argument.startswith("-"):
            masked.append(MASK)
        elif equals and name and "://" not in name and not any(char in " \t\n'\"" for char in name):
            masked.append(name + equals + mask_value(name, value))
        else:
            masked.append(mask_text(argument))
        secret_next = not equals and argument.startswith("-") and is_secret_name(argument)
    return masked
