import { Presets, SingleBar } from 'cli-progress'

/** A bar that says how far a suite is and what is being done, for a person who waits. */
export interface Progress {
  /** Begins anew: so many steps are to come. */
  begin(stepCount: number): void
  /** A step begins. */
  step(text: string): void
  /** Takes the bar away, before something else is printed. */
  clear(): void
}

/** Tells whose turn it is in a case, each turn a step. */
export function turnSteps(
  progress: Progress,
  title: string,
  { roundCount }: { readonly roundCount: number },
): (round: number, subject: string) => void {
  return (round, subject) => {
    progress.step(`${title}, round ${round} of ${roundCount}: ${subject}`)
  }
}

/** The bar on a terminal; nothing at all on anything else. */
export function progressOn(stream: NodeJS.WritableStream): Progress {
  const options = {
    stream,
    format: '{bar} {percentage}% · {eta_formatted} left · {text}',
    barsize: 24,
    hideCursor: true,
    clearOnComplete: true,
    stopOnComplete: false,
    // Steps take half a second or so: an estimate from a few of them would leap.
    etaBuffer: 30,
  }
  const bar = new SingleBar(options, Presets.shades_classic)
  return {
    begin: (stepCount) => bar.start(stepCount, 0, { text: '' }),
    step: (text) => bar.increment(1, { text }),
    clear: () => bar.stop(),
  }
}
