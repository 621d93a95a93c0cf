/** Tests run sources; what a thread loads was built. */
const IS_SOURCE = import.meta.url.endsWith('.ts')

/** Where the build puts a module that a thread of a messenger loads. */
export function builtThread(name: string): URL {
  return new URL(IS_SOURCE ? `../dist/${name}.js` : `./${name}.js`, import.meta.url)
}
