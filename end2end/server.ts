// Starts the server under test once for the whole run, on a port of its own and an empty data folder, and when
// all is done asks it to stop and reads its log: a panic or an error that no page showed fails the run as well.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

export const root = resolve(import.meta.dirname, '..')
export const bin = process.env.CASETRAKR_TEST_BIN ?? join(root, process.env.CARGO_TARGET_DIR ?? 'target', 'debug', 'casetrakr')
const env = {
  ...process.env,
  // Every test signs up from this one address: limits that protect against that would stop the suite.
  CASETRAKR_LIMITS_ATTEMPTS_PER_PREFIX: '1000000',
  CASETRAKR_LIMITS_REQUESTS_PER_HOUR: '1000000',
  CASETRAKR_LIMITS_SIGN_INS_PER_ACCOUNT: '1000000',
  CASETRAKR_LIMITS_MAILS_PER_HOUR: '1000000',
  CASETRAKR_SESSIONS_PER_ACCOUNT: '10000',
  CASETRAKR_QUOTAS_ORGANISATIONS_PER_HOUR: '0',
  // A privacy policy is published in somebody's name.
  CASETRAKR_OPERATOR_NAME: 'Harbour Software Cooperative',
  CASETRAKR_OPERATOR_ADDRESS: 'Quay 4, 20457 Hamburg',
  CASETRAKR_OPERATOR_EMAIL: 'privacy@harbour.example',
  CASETRAKR_OPERATOR_AUTHORITY: 'the Hamburg Commissioner for Data Protection',
  CASETRAKR_OPERATOR_HOSTING_COUNTRY: 'Germany',
  CASETRAKR_OPERATOR_TRANSFERS: 'no data leaves the country',
}

export default async function start() {
  if (process.env.CASETRAKR_TEST_URL) return // one that runs already, for instance `make dev`

  const address = `127.0.0.1:${await freePort()}`
  const folder = mkdtempSync(join(tmpdir(), 'casetrakr-end2end-'))
  const log = join(folder, 'log')
  // Both, while nobody has an account yet: so both are in force at once, and what changed can be looked at.
  for (const edition of ['2026-01-19', '2026-11-24']) {
    execFileSync(bin, ['policy', 'publish', '--edition', edition, '--data', join(folder, 'data')], { cwd: root, env })
  }
  const server = launch(address, folder)
  process.env.CASETRAKR_TEST_URL = `http://${address}`
  process.env.CASETRAKR_TEST_LOG = log
  await ready(server, address, log)

  return async () => {
    await stopped(server)
    const bad = readFileSync(log, 'utf8').split('\n').filter(line => /panicked at|\bERROR\b|"level":"error"/i.test(line))
    if (bad.length > 0) throw new Error(`The server's log (${log}) holds:\n${bad.slice(0, 20).join('\n')}`)
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Starts a server there, with its data and its log in that folder. */
export function launch(address: string, folder: string) {
  const log = openSync(join(folder, 'log'), 'a')
  return spawn(bin, ['serve', '--addr', address, '--data', join(folder, 'data')], {
    cwd: root, // where target/site is found
    stdio: ['ignore', log, log],
    env,
  })
}

export async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1')
  await new Promise(done => probe.once('listening', done))
  const { port } = probe.address() as { port: number }
  await new Promise(done => probe.close(done))
  return port
}

export async function ready(server: ChildProcess, address: string, log: string) {
  const until = Date.now() + 20_000
  while (Date.now() < until && server.exitCode === null) {
    const answer = await fetch(`http://${address}/readyz`).catch(() => null)
    if (answer?.ok) return
    await new Promise(later => setTimeout(later, 50))
  }
  server.kill('SIGKILL')
  throw new Error(`The server did not become ready. Its log:\n${readFileSync(log, 'utf8').slice(-4000)}`)
}

async function stopped(server: ChildProcess) {
  const gone = new Promise<number | null>(done => server.once('exit', done))
  server.kill('SIGTERM')
  const late = setTimeout(() => server.kill('SIGKILL'), 30_000)
  const code = server.exitCode ?? (await gone)
  clearTimeout(late)
  if (code !== 0) throw new Error(`Asked to stop, the server ended with ${code} instead of 0 within 30 s.`)
}
