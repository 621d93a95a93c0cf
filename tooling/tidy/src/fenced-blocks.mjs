/**
 * A block of Markdown between two ``` fences.
 *
 * @typedef {object} FencedBlock
 * @property {string} language the word after the opening fence, or ''
 * @property {string} text without the fences, every line ending in a newline
 * @property {number} line of the opening fence, counted from 1
 * @property {string} before the text between the block and the one before it
 */

/**
 * All fenced blocks of a Markdown text, in order.
 *
 * @param {string} markdown
 * @returns {FencedBlock[]}
 */
export function fencedBlocks(markdown) {
  /** @type {FencedBlock[]} */
  const blocks = []
  /** @type {FencedBlock | undefined} */
  let open
  let before = ''
  for (const [index, content] of markdown.split('\n').entries()) {
    const fence = /^```\s*(\S*)/.exec(content)
    if (fence === null) {
      if (open === undefined) before += `${content}\n`
      else open.text += `${content}\n`
    } else if (open === undefined) {
      open = { language: fence[1] ?? '', text: '', line: index + 1, before }
    } else {
      blocks.push(open)
      open = undefined
      before = ''
    }
  }
  return blocks
}
