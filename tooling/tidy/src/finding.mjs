/**
 * Something that is not as the house rules want it.
 *
 * @typedef {object} Finding
 * @property {string} path relative to the root
 * @property {number} line counted from 1
 * @property {string} message
 */

/**
 * The form that editors and terminals turn into a link.
 *
 * @param {Finding} finding
 */
export function formatFinding({ path, line, message }) {
  return `${path}:${line}: ${message}`
}

/**
 * The line, counted from 1, on which a text first has some words; 1 if it has not.
 *
 * @param {string} text
 * @param {string} words
 */
export function lineOf(text, words) {
  return text.slice(0, Math.max(0, text.indexOf(words))).split('\n').length
}
