/**
 * Imports a package that is installed in this folder. It stands here because a name is looked up from where it is
 * imported.
 *
 * @param {string} name
 * @returns {Promise<unknown>}
 */
export function load(name) {
  return import(name)
}
