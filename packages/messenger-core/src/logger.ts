/**
 * Takes what a messenger has to say of its own doings. `level` is Ceph's: 0 for what an operator must see, 1 for
 * connections that come and go, 10 and more for each step, up to 20. A logger that is not interested returns at once.
 */
export type Logger = (level: number, text: string) => void

/** Says nothing. */
export const silentLogger: Logger = () => {
  // That is all.
}
