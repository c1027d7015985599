// A line so slow that the browser draws a page many times before it has all of it. What holds only of a whole page, such
// as a rule for the last of several, shows then.
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'

// Not within a line of text: what stands beside a longer word moves with it, as anywhere. But between a picture and the
// word below it, as in the bar at the foot of a phone.
const ENDS = /(?<=<\/(?:summary|details|ul|form|section|header|nav|h1|h2)>)|(?<=<\/svg>)(?=<span>)/

/** Its address, and how to end it. */
export async function trickle(server: string) {
  const line = createServer((asked, answer) => {
    const headers = { ...asked.headers, 'accept-encoding': 'identity', host: new URL(server).host }
    request(server + asked.url, { method: asked.method, headers }, async came => {
      answer.writeHead(came.statusCode ?? 502, came.headers)
      if (!came.headers['content-type']?.startsWith('text/html')) return void came.pipe(answer)
      for (const piece of (await text(came)).split(ENDS)) {
        answer.write(piece)
        await pause(12)
      }
      answer.end()
    }).end()
  }).listen(0, '127.0.0.1')
  await new Promise(done => line.once('listening', done))
  return { url: `http://127.0.0.1:${(line.address() as AddressInfo).port}`, end: () => line.close() }
}
