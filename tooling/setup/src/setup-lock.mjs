import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { say } from './progress.mjs'

const POLL_MS = 200

/**
 * Does some work while no other set-up of this clone does: two terminals may start at the same moment. The lock is
 * a file with the owner's process id; one whose owner is gone does not count.
 *
 * @template T
 * @param {string} path of the lock file
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withSetupLock(path, work) {
  mkdirSync(dirname(path), { recursive: true })
  let hasSaidSo = false
  while (!tryLock(path)) {
    const owner = readOwner(path)
    if (owner !== undefined && !isAlive(owner)) rmSync(path, { force: true })
    else {
      if (!hasSaidSo) say(`waiting for another set-up of this folder (process ${owner ?? 'unknown'})`)
      hasSaidSo = true
      await delay(POLL_MS)
    }
  }
  try {
    return await work()
  } finally {
    rmSync(path, { force: true })
  }
}

/** @param {string} path */
function tryLock(path) {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

/**
 * @param {string} path
 * @returns {number | undefined} undefined while the owner is still writing its id, or has just gone
 */
function readOwner(path) {
  try {
    return Number(readFileSync(path, 'utf8')) || undefined
  } catch {
    return undefined
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it lives, and belongs to someone else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
