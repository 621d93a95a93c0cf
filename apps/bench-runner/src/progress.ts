import { clearLine, cursorTo } from 'node:readline'
import type { WriteStream } from 'node:tty'

/** One line that says what is being done, for a person who waits. */
export interface Progress {
  /** Replaces the line. */
  show(text: string): void
  /** Takes the line away, before something else is printed. */
  clear(): void
}

/** The line on a terminal; nothing at all on anything else. */
export function progressOn(stream: Pick<WriteStream, 'write' | 'isTTY'> & NodeJS.WritableStream): Progress {
  if (!stream.isTTY) return silentProgress
  const clear = (): void => {
    cursorTo(stream, 0)
    clearLine(stream, 0)
  }
  return {
    show: (text) => {
      clear()
      stream.write(text)
    },
    clear,
  }
}

const silentProgress: Progress = {
  show: () => undefined,
  clear: () => undefined,
}
