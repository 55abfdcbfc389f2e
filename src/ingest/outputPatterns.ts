/**
 * The forms that outputRules.ts puts together. Those with the flag `y` are tried at one place of a line; none can take more
 * than linear time, as lines are the user's and may be anything.
 */

const NUMBER = String.raw`[-+]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?|nan|NaN|NAN|inf(?:inity)?|Inf(?:inity)?|INF)`;
/** Letters of any language; box drawing and signs such as ± are none. */
const LETTERS = String.raw`A-Za-z_\u00c0-\u1fff\u3040-\uffdc`;
const WORD = String.raw`[${LETTERS}][\w${LETTERS}²³^./@%-]*(?:'s)?`;
const NEXT_WORD = String.raw`[ \t]+(?:${WORD}|\d{1,6}(?![\d.])|\([^()\s]{1,24}\))`;
/** After a value: the end, a separator, or the colon that closes the text before a progress bar. */
const END = String.raw`\.?(?=$|[\s,;|\])}]|:(?:\s|$))`;
const UNIT = String.raw`[A-Za-zµ°/][\w/²³%]*|[ \t](?:[kKMGT]i?B|B|[nuµm]?s|secs?|seconds?|mins?|minutes?|h|hours?|\w+/s)\b`;
/** Captures: 1 number, 2 of a fraction the whole, 3 of a fraction the percentage, 4 a unit. */
const VALUE = String.raw`(${NUMBER})(?!%\|)(?:[ \t]?%)?(?:[ \t]*(?:\+/?-?|±)[ \t]*${NUMBER}%?|/(\d+))?(?:[ \t]*\((${NUMBER})%?\))?(${UNIT})?${END}`;

/** Text that cannot hold anything else is passed over quickly by this, tried on whole chunks of output. */
export const CANDIDATE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a colour may stand between a name and its number
  /(?:=[ \t]*|:[ \t]+|(?<!\d\d):)(?:["']?[-+]?(?:\d|\.\d|[nN][aA][nN]|[iI][nN])|tensor|np\.|jnp\.|Array|\x1b)|(?:[eE]poch|EPOCH|[eE]pisode|[rR]ound|[fF]old|[sS]tep|[iI]ter(?:ation)?)[^\w\n\r]{0,8}\d/g;

export const PREFIX = new RegExp(
  [
    String.raw`[\[(]?\d{4}[-/]\d\d[-/]\d\d(?:[T ,]+\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[-+]\d\d:?\d\d)?)?[\])]?`,
    String.raw`[\[(]?\d\d:\d\d:\d\d(?:[.,]\d+)?[\])]?`,
    String.raw`[IWEF]\d{4} \d\d:\d\d:\d\d\.\d+\s+\d+ \S+?:\d+\]`,
    String.raw`[\[(]?(?:TRACE|DEBUG|INFO|NOTICE|WARN(?:ING)?|ERROR|CRITICAL|FATAL|info|debug|warning|error)[\])]?(?::[\w.]+:|:)?(?![\w=])`,
    String.raw`[\[(]?[\w./\\-]+\.(?:py|cc|cpp|ipynb):(?:\w+:)?\d+[\])]?:?`,
    String.raw`(?:__main__|root|[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+)(?:[ \t]*[-:|](?=[ \t])|:)`,
    String.raw`\[(?:rank|Rank|gpu|GPU)?[ _]?\d+\]:(?=\s)|\[\d+,\d+\]<std(?:out|err)>:|\(\w+ pid=\d+\)`,
    String.raw`\[(?!(?:train|val|test|eval|dev|epoch|step|iter|batch|round|fold)\w*\b)[A-Za-z][\w .-]{0,30}\]:?`,
    String.raw`[-|:>»]+(?=\s)|\s+`,
  ].join("|"),
  "y",
);
const SPLIT_NAME = `(train(?:ing)?|valid(?:ation)?|val|test(?:ing)?|eval(?:uation)?|dev)`;
export const SPLIT = new RegExp(
  String.raw`[\[(]${SPLIT_NAME}[\])]:?(?=\s)|${SPLIT_NAME}(?:[ \t]+(?:set|results?|metrics))?(?:[ \t]*[:|>-]+(?=[ \t]+["'A-Za-z_\[({])|:(?=[ \t]+\d+%\|)|(?=[ \t]+epoch\b))`,
  "iy",
);
/** Bounded, as three runs of blanks in a row could otherwise be divided in very many ways. */
const BEFORE_COUNT = String.raw`\b[ \t]{0,40}[:=#]?[ \t]{0,12}[\[(]?[ \t]{0,6}`;
const AFTER_COUNT = String.raw`[\])]*:?(?=$|[\s,;|\]).-])`;
const COUNT_FORM = String.raw`(?:(epoch|episode|round|fold)|(?:global|train(?:ing)?)?[_ ]?step|iter(?:ation)?|it|batch|update|timestep)${BEFORE_COUNT}(\d+(?:\.\d+)?)(?:[ \t]?(?:/|of)[ \t]?(\d+))?[ \t]?${AFTER_COUNT}`;
/** "Epoch 3/20", "step=120". Captures: 1 the word when it counts epochs, 2 the count, 3 of how many. */
export const COUNT = new RegExp(COUNT_FORM, "iy");
export const COUNT_INSIDE = new RegExp(String.raw`(?<![\w-])${COUNT_FORM}`, "ig");
export const COUNTER =
  /[[(]?[ \t]{0,8}(\d+)[ \t]?\/[ \t]?(\d+)(?![.\d])(?:[ \t]?\([ \t]{0,3}\d+(?:\.\d+)?[ \t]?%[ \t]?\))?[ \t]?[\])]?(?:[ \t]?(?:batches|steps|iterations|examples|samples|images)\b)?:?(?=$|[\s,;|\]-])/y;
/** XGBoost, LightGBM and CatBoost number their rounds at the head of the line; PyTorch's tutorial has [epoch, step]. */
export const ROUND = /\[(\d+)\]:?(?=\s)|(\d+):(?=\t)|\[(\d+),[ \t]{0,8}(\d+)\]:?(?=\s)/y;
/** Any text before a progress bar. */
export const DESCRIPTION = /[^:|\n]{1,80}:[ \t]{1,4}(?=\d{1,3}%\|)/y;
/** The parts of progress bars. Captures 1: the bar itself, or what only Keras writes. */
export const BAR =
  /(\d{1,3}(?:\.\d+)?%\|[^|]*\||\[[=>.#█━╸ -]{3,}\]|[━╸╺─█▏▎▍▌▋▊▉░▒▓]{2,}|\d+(?:\.\d+)?[ \t]?[nuµm]?s\/(?:step|epoch|sample|batch))|\d{1,3}(?:\.\d+)?%(?=[\s|,\])])|\d+:\d\d(?::\d\d)?(?:<[\d:?]+(?: days?)?)?|\?(?=\])|[\d.?]{1,12}[ \t]?[A-Za-z]*\/s\b|\d+(?:\.\d+)?[ \t]?(?:[nuµm]?s|secs?|mins?|h)(?:\/\w+)?(?=$|[\s,|\]])|ETA:?[ \t]*[\d:.]+\w*/y;
export const SEPARATOR = /(?:[\s,;|[\](){}]|[-–—•*=#~>+:.]+(?=[\s\]|]|$))+/y;
export const PAIR = new RegExp(String.raw`["']?(${WORD}(?:${NEXT_WORD}){0,8})["']?[ \t]*([:=])([ \t]*)${VALUE}`, "y");
/** `loss 0.5`: only behind a step or epoch, and only numbers that are not whole. */
export const SPACED = new RegExp(
  String.raw`(${WORD}(?:[ \t]+${WORD}){0,3})[ \t]+(?=[-+]?(?:\d*\.\d|\d+e|\d+%|nan|inf))${VALUE}`,
  "y",
);
export const ANYWHERE = new RegExp(
  String.raw`(?<![\w./?&:%=$-])([A-Za-z_][\w./@%-]*)[ \t]*=[ \t]*(${NUMBER})%?(?![\w%=:/-]|\.\d|,\d{3}(?!\d))`,
  "g",
);
/** A field of a dictionary of numbers. Captures: 2 the name, 4 the number. */
export const FIELD = new RegExp(
  String.raw`[{,][ \t]*(["'])([^"'\\]{1,200})\1[ \t]*:[ \t]*(["']?)(${NUMBER})\3[ \t]*(?=[,}])`,
  "y",
);
export const NO_SPACE_VALUE = /[.eEnNiI]/;
export const WRAPPED = new RegExp(
  String.raw`\b(?:np\.\w+|jnp\.\w+|tensor|Array)\((${NUMBER})[^()]*(?:\([^()]*\)[^()]*)*\)`,
  "g",
);
/** A dictionary of settings is not one of metrics. */
export const SETTINGS = /conf|arg|param|setting|option|version|device/i;
export const HEADER =
  /^\W*(?:(?:start(?:ing)?|begin(?:ning)?|training|running)\s+)?epoch\s*[:#[(]?\s*(\d+)(?:\s*(?:\/|of)\s*\d+)?\W{0,80}(?:start(?:ed|ing|s)?|begins?)?\W{0,80}$/i;
