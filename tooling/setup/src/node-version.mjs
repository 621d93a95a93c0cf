/**
 * The numbers of a version, most significant first: 'v20.19' and '20.19.0' both give [20, 19, 0].
 *
 * @param {string} text
 * @returns {[number, number, number]}
 */
export function parseVersion(text) {
  const match = /(\d+)(?:\.(\d+))?(?:\.(\d+))?/.exec(text)
  if (match === null) throw new Error(`expected a version such as 20.19.0, got ${JSON.stringify(text)}`)
  return [Number(match[1]), Number(match[2] || 0), Number(match[3] || 0)]
}

/**
 * True if `version` is `floor` or newer. A pre-release counts as its release.
 *
 * @param {string} version
 * @param {string} floor
 */
export function isAtLeast(version, floor) {
  const have = parseVersion(version)
  const need = parseVersion(floor)
  if (have[0] !== need[0]) return have[0] > need[0]
  if (have[1] !== need[1]) return have[1] > need[1]
  return have[2] >= need[2]
}

/**
 * What is wrong with this Node, as one sentence, or undefined if it will do.
 *
 * @param {string} version for example process.version
 * @param {string} engines the `engines.node` of the root package.json, of the form '>=20.19'
 * @returns {string | undefined}
 */
export function nodeProblem(version, engines) {
  const match = /^>=\s*(\d[\d.]*)$/.exec(engines)
  if (match === null) throw new Error(`expected engines.node of the form >=20.19, got ${JSON.stringify(engines)}`)
  const floor = String(match[1])
  if (isAtLeast(version, floor)) return undefined
  return `msgr needs Node ${floor} or newer and this is Node ${version.replace(/^v/, '')}: install a current one from https://nodejs.org, then run the same command again.`
}
