import { unavailableReason } from '../src/native-binding.ts'

/** For `describeNeeding`: why the shim's binary is not there, or undefined if it is. */
export const missingShim: string | undefined = unavailableReason()?.message
