/** What a command of the monitors gave. */
export class MonCommandResult {
  /** 0 as a rule; some commands give a number. */
  readonly result: number
  /** What a person is to be told; often empty. */
  readonly status: string
  /** What the command prints: text as a rule, JSON if asked for, sometimes a map. Nobody else uses these bytes. */
  readonly output: Uint8Array
  /** Of the map that the answer is based on. */
  readonly version: number

  constructor(answer: Readonly<Pick<MonCommandResult, 'result' | 'status' | 'output' | 'version'>>) {
    this.result = answer.result
    this.status = answer.status
    this.output = answer.output
    this.version = answer.version
  }

  /** The output as text. */
  get text(): string {
    return new TextDecoder().decode(this.output)
  }

  /**
   * The output of a command that was given with `format: 'json'`. Numbers beyond 2^53 lose their last digits: read
   * `text` where that matters. Throws `SyntaxError` if it is no JSON.
   */
  json(): unknown {
    return JSON.parse(this.text) as unknown
  }
}
