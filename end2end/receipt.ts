// The file that the journey brings in: the real one where it is, else a stand-in with the same totals.
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

/** The totals of its README. */
export const totals = { cases: 1_434, closed: 1_329, open: 105, entries: 8_577, internet: 1_250, desk: 109, post: 53, email: 21, intern: 1 }

const real = process.env.CASETRAKR_TEST_DATA ?? resolve(import.meta.dirname, '../../shared/data/receipt.csv')

/** The path of the file. */
export function receipt() {
  if (existsSync(real)) return real
  console.log(`!! ${real} is not there: the journey brings in made-up cases with the same totals instead.`)
  const path = join(mkdtempSync(join(tmpdir(), 'casetrakr-receipt-')), 'receipt.csv')
  writeFileSync(path, standIn())
  return path
}

const columns = 'case:channel,case:concept:name,case:deadline,case:department,case:enddate,case:enddate_planned,case:group,' +
  'case:responsible,case:startdate,concept:instance,concept:name,lifecycle:transition,org:group,org:resource,time:timestamp'
const activities = ['Confirmation of receipt', 'T02 Check confirmation of receipt', 'T06 Determine necessity of stop advice']

function standIn() {
  const channels = [
    ['Internet', totals.internet], ['Desk', totals.desk], ['Post', totals.post], ['e-mail', totals.email], ['Intern', totals.intern],
  ].flatMap(([name, count]) => Array<string>(count as number).fill(name as string))
  const lines = [columns]
  for (let nth = 0; nth < totals.cases; nth++) {
    const from = Date.UTC(2010, 9, 2) + nth * 8 * 3_600_000
    const time = (days: number, minutes = 0) =>
      new Date(from + days * 86_400_000 + minutes * 60_000).toISOString().replace('T', ' ').replace('Z', '000+00:00')
    const end = nth < totals.open ? '' : time(50)
    const entries = Math.floor(totals.entries / totals.cases) + (nth < totals.entries % totals.cases ? 1 : 0)
    const who = `Resource${String(nth % 39).padStart(2, '0')}`
    for (let at = 0; at < entries; at++) {
      lines.push([
        channels[nth], `case-${10_000 + nth}`, time(56), 'General', end, time(56), 'Group 1', who, time(0),
        `task-${nth}-${at}`, activities[at % 3], 'complete', 'Group 1', who, time(at, at),
      ].join(','))
    }
  }
  return lines.join('\n') + '\n'
}
