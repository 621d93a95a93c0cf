import { expect, test } from 'vitest'
import { CephTarget } from '../src/ceph-target.ts'

test('a daemon that is not installed is told, with how to get it', async () => {
  await expect(CephTarget.boot(['no-such-daemon-of-ceph'])).rejects.toMatchObject({
    code: 'ERR_BENCH_UNAVAILABLE',
    message: expect.stringMatching(/^no-such-daemon-of-ceph is missing: apt-get install .*ceph-osd/) as string,
  })
})
