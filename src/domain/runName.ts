/** Names for runs that a person can remember and say. */

const ADJECTIVES = (
  "able amber ample apt azure bold brave brief bright brisk calm candid clear clever cosy crisp curious deft eager early " +
  "easy even fair famous fancy fast fine firm fleet fond free fresh gentle glad golden good grand great green happy hardy " +
  "honest humble jolly keen kind large light lively loyal lucid lucky mellow merry mild neat nimble noble novel patient plain " +
  "polite proud quick quiet rapid ready rosy round royal sharp shiny silent silver simple smart smooth snug solid spry steady " +
  "still sunny sure sweet swift tidy true vivid warm wise witty young zesty"
).split(" ");

const NOUNS = (
  "acorn alder apple aspen badger basin bay beach beaver birch bison brook canyon cedar cherry cliff clover cloud comet condor " +
  "coral crane creek cypress dawn deer delta dolphin dove dune eagle elm ember falcon fern field finch fjord forest fox garden " +
  "gecko glacier grove harbor hare hawk hazel heron hill island ivy jay juniper kestrel lagoon lake lark laurel lemur lily lotus " +
  "lynx maple marsh meadow moon moss oak olive orca orchid osprey otter owl panda peak pebble pelican pine planet plum poppy puffin " +
  "quail rain raven reed reef river robin rose sage salmon seal shore sky sparrow spruce star stork stream summit swan thistle tiger " +
  "trout tulip valley walnut wave whale willow wolf wren yarrow zebra"
).split(" ");

/** A name such as "calm-otter-42". `random` gives numbers from 0 up to, not including, 1. */
export function makeRunName(random: () => number = Math.random): string {
  const pick = (words: string[]) => words[Math.floor(random() * words.length)]!;
  const number = 10 + Math.floor(random() * 90);
  return `${pick(ADJECTIVES)}-${pick(NOUNS)}-${number}`;
}
